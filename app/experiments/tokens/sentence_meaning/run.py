"""A sentence, its paraphrase in other words, and the same words with two people exchanged: which is more similar?"""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.tokens.sentence_encoders import (
    EncoderControls,
    notices,
    parameters,
    sentence_vectors,
    word_vectors,
)
from models.data.synonym_sentences import Meaning
from models.language.sentence_overlap import jaccard
from models.language.word_vectors import cosine
from models.training.sentence_encoder import never_swapped

HELD_OUT, HELD_OUT_PUBLISHED = 200, 40
METHODS = ("shared words", "mean word vector", "encoder")


class SentenceMeaningControls(EncoderControls):
    training: Literal["role swaps", "random sentences", "words shuffled"] = Field(
        "role swaps",
        title="Negatives in training",
        description="Of the small encoders; “words shuffled”: role swaps, no order",
    )
    text: Sentence = Field("the glad child sees a thief", title="Sentence")
    paraphrase: Sentence = Field("that happy kid spots one robber", title="Paraphrase")
    swap: Sentence = Field("the glad thief sees a child", title="Roles exchanged")
    wording: Literal["same words", "other words"] = Field(
        "same words", title="Held-out swaps in", json_schema_extra=MORE
    )
    fronted: bool = Field(True, title="Held-out paraphrases begin with the object", json_schema_extra=MORE)


class Similarities(NamedTuple):
    """Of each sentence to its paraphrase and to its role swap, by one method."""

    paraphrase: Tensor  # (N,)
    swap: Tensor  # (N,)


class SentenceMeaningResult(NamedTuple):
    controls: SentenceMeaningControls
    shown: Tensor  # (3, D) vectors of the three sentences by the encoder
    typed: dict[str, Similarities]  # method → the typed sentences, (1,)
    held_out: dict[str, Similarities]  # method → held-out sentences, (N,)
    notices: list[str]
    parameters: int


def similarities(c: SentenceMeaningControls, texts: list[tuple[str, str, str]], device: str) -> dict[str, Similarities]:
    """By each method, of triples (sentence, paraphrase, swap)."""
    each = [tuple(part) for part in zip(*texts, strict=True)]
    overlap = [torch.tensor([jaccard(one[0], one[at]) for one in texts]) for at in (1, 2)]
    mean = [word_vectors(c.model, c.training, c.seed, part, device) for part in each]
    whole = [sentence_vectors(c.model, c.training, c.seed, part, device) for part in each]
    return {
        "shared words": Similarities(*overlap),
        "mean word vector": Similarities(cosine(mean[0], mean[1]), cosine(mean[0], mean[2])),
        "encoder": Similarities(cosine(whole[0], whole[1]), cosine(whole[0], whole[2])),
    }


def triple(c: SentenceMeaningControls, said: Meaning) -> tuple[str, str, str]:
    """A held-out sentence, its paraphrase, and its role swap."""
    return said.written(0), said.written(1, c.fronted), said.swapped.written(0 if c.wording == "same words" else 1)


def run(controls: SentenceMeaningControls, device: str) -> SentenceMeaningResult:
    c = controls
    said = never_swapped(HELD_OUT_PUBLISHED if c.published else HELD_OUT, c.seed)
    typed = (c.text, c.paraphrase, c.swap)
    return SentenceMeaningResult(
        c, torch.cat([sentence_vectors(c.model, c.training, c.seed, (one,), device) for one in typed]),
        similarities(c, [typed], device), similarities(c, [triple(c, one) for one in said], device),
        notices(c.model, {"text": c.text, "paraphrase": c.paraphrase, "swap": c.swap}),
        parameters(c.model, c.training, c.seed, device),
    )  # fmt: skip


def accuracy(of: Similarities) -> float:
    """Share of sentences that are more similar to their paraphrase than to their role swap."""
    return (of.paraphrase > of.swap).double().mean().item()


def measure(result: SentenceMeaningResult) -> Measurements:
    typed, held_out = result.typed["encoder"], result.held_out["encoder"]
    return {
        "paraphrase_accuracy": accuracy(held_out),
        "similarity_margin": (held_out.paraphrase - held_out.swap).mean().item(),
        "paraphrase_cosine": held_out.paraphrase.mean().item(),
        "swap_cosine": held_out.swap.mean().item(),
        "overlap_accuracy": accuracy(result.held_out["shared words"]),
        "mean_word_accuracy": accuracy(result.held_out["mean word vector"]),
        "typed_paraphrase_cosine": typed.paraphrase.item(),
        "typed_swap_cosine": typed.swap.item(),
    }
