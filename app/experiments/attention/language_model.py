"""What the attention pages share: the trained decoder, a typed text read by it, and questions with known answers."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Sentence
from app.experiments.memo import memo
from app.experiments.text_model import LARGEST, TINY, ModelControls, text_model
from models.attention.grouped_query import repeat_kv
from models.attention.multi_head import MultiHeadTrace
from models.data.corpus import encoded
from models.data.tiny_world import questions
from models.parameter_count import parameter_count
from models.transformer.decoder import Decoder, DecoderTrace

STATED_AND_ASKED = "Ada lives in Lund . Ben lives in Oslo . Ada lives in"
TOKENS = 44
"""The longest text; an overview of 32 maps of this size is 90 KB."""

ASKED = 24
ANSWER_HEAD = (3, 3)
"""Layer and head with most of the last token's weight on the answer, chosen on the questions of another seed."""


def language_model(device: str, name: str = TINY) -> Decoder:
    return text_model(name, device).decoder


class TextControls(ModelControls):
    """A text, and which head to look at."""

    sentence: Sentence = Field(STATED_AND_ASKED, title="Sentence", description="The model reads it")
    layer: int = Field(ANSWER_HEAD[0], ge=0, le=LARGEST, title="Layer", description="Counted from 0")
    head: int = Field(ANSWER_HEAD[1], ge=0, le=LARGEST, title="Head", description="Counted from 0, or click one")


class HeadControls(TextControls):
    """A text, and which head and token of it to look at."""

    query: int = Field(
        -1, ge=-1, le=TOKENS - 1, title="Query position", description="Counted from 0; −1 is the last; or click a row"
    )

    def token(self, count: int) -> int:
        """The query's position in a text of ``count`` tokens; the last where there is no such position."""
        return self.query if 0 <= self.query < count else count - 1


class TextRun(NamedTuple):
    """One text as the model read it."""

    pieces: list[str]
    logits: Tensor  # (T, V) for the token after each
    label: Callable[[int], str]  # how a token is shown
    layers: list[MultiHeadTrace]  # one text each: (1, H, T, …)
    parameters: int
    notices: list[str]

    @property
    def weights(self) -> Tensor:
        """All maps, (L, H, T, T)."""
        return torch.stack([layer.weights[0] for layer in self.layers])

    @property
    def short(self) -> bool:
        """Whether its tokens can be read along the side of half a page."""
        return len(self.pieces) <= 24

    def values(self, layer: int) -> Tensor:
        """The values that each query head of a layer averages, (H, T, K)."""
        trace = self.layers[layer]
        return repeat_kv(trace.v, trace.weights.shape[1])[0]

    def prediction(self, token: int) -> tuple[str, float]:
        """The most probable next token after a position of the text, and its probability."""
        p, predicted = self.logits[token].softmax(dim=-1).max(dim=-1)
        return self.label(int(predicted)), p.item()


class Questions(NamedTuple):
    """“Ada lives in Lund . Ben lives in Oslo . Ada lives in”, of pairs that no training text held."""

    ids: Tensor  # (N, T)
    stated: Tensor  # (N,) position of the city that is the answer
    not_asked: Tensor  # (N,) position of the other city
    answer: Tensor  # (N,) token id
    other: Tensor  # (N,) token id of the other city


class Answers(NamedTuple):
    """What a model answered."""

    logits: Tensor  # (N, V) for the next token
    weights: Tensor  # (N, L, H, T) from the last token


def attention_of(trace: DecoderTrace) -> list[MultiHeadTrace]:
    return [block.attention for block in trace.blocks]


@torch.inference_mode()
def run_text(model: Decoder, text: str, name: str = TINY) -> TextRun:
    """The text through ``model``, the one of that name or an altered one; cut to ``TOKENS`` with a notice."""
    reader = text_model(name, str(model.embedding.weight.device))
    typed = reader.read(text, TOKENS, "sentence")
    logits, trace = model(typed.ids)
    layers = attention_of(trace)
    return TextRun(typed.pieces, logits[0], reader.label, layers, parameter_count(model), typed.notices)


@memo
def ask(seed: int) -> Questions:
    """``ASKED`` questions, drawn from ``seed``."""
    rows = []
    for sample in questions("context_facts", ASKED, seed, "held_out", people=2):
        ids, places, _ = encoded(sample)
        cities = [int(ids[place.start]) for place in places[:2]]
        text = ids[: places[0].start]
        rows.append((torch.from_numpy(text), *(int(np.argmax(text == city)) for city in cities), *cities))
    asked, stated, not_asked, answer, other = zip(*rows)
    return Questions(torch.stack(asked), *map(torch.tensor, (stated, not_asked, answer, other)))


@torch.inference_mode()
def answers(model: Decoder, seed: int) -> Answers:
    logits, trace = model(ask(seed).ids.to(model.embedding.weight.device))
    return Answers(logits[:, -1], torch.stack([layer.weights[:, :, -1] for layer in attention_of(trace)], dim=1))


def right(found: Answers, asked: Questions) -> Tensor:
    """Which questions are answered with the city stated in the text, (N,) bool."""
    return found.logits.argmax(dim=-1) == asked.answer.to(found.logits.device)


def weight_on(found: Answers, positions: Tensor) -> Tensor:
    """Each head's mean share of weight, over the questions, from the last token to a position: (L, H)."""
    N, L, H, _ = found.weights.shape
    at = positions.to(found.weights.device).view(N, 1, 1, 1).expand(N, L, H, 1)
    shares = found.weights / found.weights.sum(dim=-1, keepdim=True)
    return shares.gather(-1, at).squeeze(-1).mean(dim=0)
