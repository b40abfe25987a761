"""Which encoder makes vectors of sentences: one of the small ones, or a published one that is there."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import torch
from pydantic import AfterValidator, Field
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import OneOf
from app.experiments.memo import memo
from app.experiments.text_model import HOW_TO_GET, TINY, ReaderControls, token_limit
from models.data.synonym_tokens import LONGEST, PAD, ids_of
from models.parameter_count import parameter_count
from models.real.folder import load_encoder, present
from models.training.sentence_encoder import TRAININGS, pretrained, vectors

BATCH = 64


def offered() -> tuple[str, ...]:
    """The small encoders, and every published one that is there."""
    return TINY, *present("sentence encoder")


def _there(name: str) -> str:
    if name not in offered():
        raise ValueError(f"takes one of {', '.join(offered())} ({HOW_TO_GET})")
    return name


EncoderName = Annotated[str, OneOf(offered), AfterValidator(_there)]


class EncoderControls(ReaderControls):
    """Which encoder reads the sentences."""

    model: EncoderName = Field(TINY, title="Model", description=HOW_TO_GET)


@memo
def sentence_vectors(model: str, variant: str, seed: int, texts: tuple[str, ...], device: str) -> Tensor:
    """A unit vector for each text, (N, D); the seed picks the training of a small encoder."""
    if model == TINY:
        return vectors(pretrained(variant, seed % TRAININGS), texts)
    return torch.cat([published_vectors(model, texts[at : at + BATCH], device) for at in range(0, len(texts), BATCH)])


@torch.inference_mode()
def published_vectors(model: str, texts: Sequence[str], device: str) -> Tensor:
    """The same by a published encoder, which reads at most as many tokens of a text as the host allows."""
    found = load_encoder(model, device)
    rows = [torch.tensor(found.vocabulary.with_ends(text)[: token_limit()]) for text in texts]
    real = pad_sequence([torch.ones_like(row, dtype=torch.bool) for row in rows], batch_first=True)  # (N, T)
    ids = pad_sequence(rows, batch_first=True, padding_value=PAD)  # (N, T)
    return found.model(ids.to(device), real.to(device))[0].cpu()


@torch.inference_mode()
def word_vectors(model: str, variant: str, seed: int, texts: Sequence[str], device: str) -> Tensor:
    """The mean of the vectors in the encoder's own table, without positions and attention, (N, D)."""
    if model == TINY:
        table = pretrained(variant, seed % TRAININGS).encoder.embedding.weight
        return torch.stack([table[ids_of(text) or [PAD]].mean(dim=0) for text in texts])
    found = load_encoder(model, device)
    table = found.model.encoder.embedding.weight.cpu()
    return torch.stack([table[found.vocabulary.encode(text).ids or [PAD]].mean(dim=0) for text in texts])


def notices(model: str, typed: Mapping[str, str]) -> list[str]:
    """A line for each control whose text is longer than what is read of it."""
    if model == TINY:
        lengths, most = {name: len(ids_of(text)) for name, text in typed.items()}, LONGEST
    else:
        vocabulary = load_encoder(model, "cpu").vocabulary
        lengths, most = {name: len(vocabulary.with_ends(text)) for name, text in typed.items()}, token_limit()
    return [f"{name}: only the first {most} of {n} tokens are read" for name, n in lengths.items() if n > most]


def parameters(model: str, variant: str, seed: int, device: str) -> int:
    """Of the encoder that ran."""
    own = pretrained(variant, seed % TRAININGS) if model == TINY else load_encoder(model, device).model
    return parameter_count(own)
