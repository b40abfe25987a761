"""Which language model reads the text that a person typed: that of the tiny world, or a published one that is there.

A page takes part with ``class MyControls(ModelControls)`` in place of ``Controls`` and ``text_model(controls.model,
device)`` in place of the trained decoder and the functions that read text for it. What it measures on questions of the
tiny world it leaves out where ``controls.published``: claims about that then do not apply.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

import torch
from pydantic import AfterValidator, Field, model_validator
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import Badge, Controls, OneOf
from app.experiments.text import Exchange, Reading, read_document, read_exchange
from models.language.pretrained_decoders import pretrained
from models.real.folder import decoder_sizes, load_decoder, present
from models.real.vocabulary import Vocabulary
from models.tokenization import tokenizer
from models.tokenization.tokenizer import cut_notice
from models.training.metrics import word_tokens
from models.transformer.decoder import Decoder, DecoderConfig

TINY = "tiny world"
CHECKPOINT = "decoder"
"""The tiny world's model."""

HOW_TO_GET = "Published models: make real"
LARGEST = 63
"""No layer or head of any model has a higher number."""


def token_limit() -> int:
    """The most tokens that a published model reads for a visitor; the host sets it with MODELARIUM_REAL_TOKENS."""
    return int(os.environ.get("MODELARIUM_REAL_TOKENS", 64))


def offered() -> tuple[str, ...]:
    """The tiny world's model, and every published decoder that is there."""
    return TINY, *present("decoder")


def _there(name: str) -> str:
    if name != TINY and name not in offered():
        raise ValueError(f"takes one of {', '.join(offered())} ({HOW_TO_GET})")
    return name


ModelName = Annotated[str, OneOf(offered), AfterValidator(_there)]


@cache
def sizes(name: str, tiny: str = CHECKPOINT) -> DecoderConfig:
    """The sizes of a model by its name, without its weights; ``tiny`` is the checkpoint of the tiny world's model."""
    return pretrained(tiny).config if name == TINY else decoder_sizes(name)


class ReaderControls(Controls):
    """Which model reads: the small one of this place, or a published one."""

    model: str = TINY

    @property
    def published(self) -> bool:
        return self.model != TINY

    @property
    def badge(self) -> Badge | None:
        return "published weights" if self.published else None


class ModelControls(ReaderControls):
    """Which model reads. Numbers of layers and heads that it does not have become its last."""

    tiny: ClassVar[str] = CHECKPOINT
    """The checkpoint of the tiny world's model, where a page shows another one than most."""

    model: ModelName = Field(TINY, title="Model", description=HOW_TO_GET)

    def highest(self) -> dict[str, int]:
        """The highest value of every control that depends on the model."""
        return {name: high for name, high in _last(self.model, self.tiny).items() if name in type(self).model_fields}

    @model_validator(mode="before")
    @classmethod
    def _of_this_model(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("model", TINY) not in offered():
            return given
        last = {
            name: high for name, high in _last(given.get("model", TINY), cls.tiny).items() if name in cls.model_fields
        }
        asked = {name: _whole(given.get(name, cls.model_fields[name].default)) for name in last}
        return given | {name: high for name, high in last.items() if high < asked[name] <= LARGEST}


def _last(model: str, tiny: str) -> dict[str, int]:
    """The number of a model’s last layer (also called block) and head."""
    found = sizes(model, tiny)
    return {"layer": found.layers - 1, "block": found.layers - 1, "head": found.heads - 1}


def _whole(value: Any) -> int:
    """The number, also where an address has it as text; −1 for anything else, which the field itself refuses."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1


@dataclass(frozen=True)
class TextModel:
    """A language model with its vocabulary; shared by all who ask, so copy the decoder before changing it."""

    name: str
    decoder: Decoder
    vocabulary: Vocabulary | None
    """None for the tiny world, whose vocabulary is ``models.tokenization.tokenizer``."""
    end: int | None
    """The token behind which a text is over."""

    def read(self, text: str, limit: int, field: str) -> Reading:
        """At most ``limit`` tokens of a text, and no more than the host allows; ``field`` is where it was typed.

        The tiny world's model reads them after an end-of-text token, as in its training; a published one as they are.
        """
        device = str(self.decoder.embedding.weight.device)
        if self.vocabulary is None:
            return read_document(text, limit, field, device)
        encoded = self.vocabulary.encode(text, min(limit, token_limit(), self.decoder.config.context), field)
        notices = [] if encoded.cut_at is None else [cut_notice(text, encoded.cut_at, field)]
        return Reading(torch.tensor([encoded.ids], device=device), encoded.pieces, notices)

    def exchange(self, changed: int, instead: str, last: int) -> Exchange:
        """At the position ``changed``, or at the ``last`` that the text has, the first token of what was typed."""
        device = str(self.decoder.embedding.weight.device)
        if self.vocabulary is None:
            return read_exchange(changed, instead, last, device)
        typed, place = self.vocabulary.encode(f" {instead.strip()}", 16, "instead"), min(changed, last)
        notices = []
        if place < changed:
            notices.append(f"changed: the text has no token {changed}, so its last one, {place}, is changed")
        if len(typed.pieces) > 1:
            notices.append(f"instead: {typed.pieces[0]} is put in, the first of {len(typed.pieces)} tokens")
        return Exchange(place, torch.tensor(typed.ids[:1], device=device), typed.pieces[0], notices)

    def last_logits(self, texts: Sequence[str]) -> Tensor:
        """Logits (N, V) after each text. Padding stands behind the texts, where a causal model does not see it."""
        rows = [self.read(text, self.decoder.config.context, "text").ids[0] for text in texts]
        ids = pad_sequence(rows, batch_first=True)  # (N, T)
        ends = torch.tensor([len(row) - 1 for row in rows], device=ids.device)
        residual = self.decoder(ids)[1].residual[-1]  # (N, T, D)
        return self.decoder.unembed(residual[torch.arange(len(rows), device=ids.device), ends])

    def words(self) -> Tensor:
        """The tokens that are a whole word, (words,)."""
        return word_tokens() if self.vocabulary is None else torch.tensor(self.vocabulary.words())

    def label(self, token: int) -> str:
        """A token as it is shown on an axis."""
        return tokenizer.labels()[token] if self.vocabulary is None else self.vocabulary.label(token)

    def until_end(self, ids: list[int], prompt: int) -> list[int]:
        """The ids up to the first end of a text after the ``prompt`` first ones."""
        return ids[: ids.index(self.end, prompt)] if self.end in ids[prompt:] else ids

    def decode(self, ids: list[int]) -> str:
        """The text of the ids."""
        return tokenizer.decode(ids) if self.vocabulary is None else self.vocabulary.decode(ids)


def text_model(name: str, device: str) -> TextModel:
    """The model of that name, loaded once a process; raises CheckpointError or DamagedFile."""
    if name == TINY:
        return TextModel(name, pretrained(CHECKPOINT, device), None, tokenizer.END)
    found = load_decoder(name, device)
    return TextModel(name, found.model, found.vocabulary, found.end)
