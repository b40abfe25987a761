"""Answers about facts near and far, read through windows of many lengths; a typed text likewise; costs by length."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements, Sentence
from app.experiments.text import read_document
from app.experiments.text_model import ModelControls, text_model
from app.experiments.transformers.visible_context.answers import (
    CHECKPOINT,
    TEXTS,
    WHOLE,
    Answers,
    Dropped,
    Kept,
    answers,
)
from models.attention.fused import unwatched
from models.cost.component_cost import FLOPS, score_bytes, score_flops, tiled_score_bytes
from models.cost.mixing_cost import first_length
from models.data.homes_asked_last import PEOPLE, HomesAsked, back_to, homes_asked
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS, ModelConfig
from models.tokenization.tokenizer import labels
from models.transformer.decoder import Decoder

LENGTHS = (4, 8, 12, 16, 24, 32, 40, 48, WHOLE)
SENTENCE = (
    "Ada lives in Lund . Ben lives in Oslo . Cleo lives in Rome . Dirk lives in Paris . Edda lives in Bern ."
    " Ada lives in"
)
TYPED, PUBLISHED_TYPED = 40, 36

ScoreMemory = Literal["stored", "in tiles"]
SCORES: dict[ScoreMemory, Callable[[ModelConfig, int], int]] = {"stored": score_bytes, "in tiles": tiled_score_bytes}


class VisibleControls(ModelControls):
    sentence: Sentence = Field(SENTENCE, title="Sentence", description="Of known words")
    visible: int = Field(24, ge=4, le=WHOLE, title="Window, tokens", description="How much of the text is read")
    kept: Kept = Field("the newest tokens", title="What is read")
    dropped: Dropped = Field("nothing", title="Taken out of the text")
    shown: Literal["GPT-2", "Llama 3 8B", "Llama 3 70B"] = Field("Llama 3 8B", title="Costs of")
    scores: ScoreMemory = Field("stored", title="Scores")


class MeasuredHomes(NamedTuple):
    """Held-out texts of the tiny world, and what the model says at their ends."""

    homes: HomesAsked
    answers: Answers  # at LENGTHS
    here: Answers  # at the window, and at twice its length


class VisibleResult(NamedTuple):
    controls: VisibleControls
    measured: MeasuredHomes | None  # None for a published model, which is not asked about the tiny world
    pieces: list[str]  # of the typed text
    wanted: str  # the token that all of it makes likeliest
    states: Tensor  # (T, D) final state, if the text begins at each of its tokens
    target: int
    model: Decoder
    parameters: int
    notices: list[str]

    @property
    def config(self) -> ModelConfig:
        return CONFIGS[self.controls.shown]


def beginning_at_each(ids: Tensor) -> Tensor:
    """The text without its first 0, 1, 2 … tokens, padding behind it: (1, T) → (T, T)."""
    T = ids.shape[1]
    place = torch.arange(T, device=ids.device)
    return ids[0][(place[:, None] + place).clamp(max=T - 1)]  # padding stands where a causal model does not see it


@torch.inference_mode()
def run(controls: VisibleControls, device: str) -> VisibleResult:
    c = controls
    label: Callable[[int], str] = labels().__getitem__
    if c.published:
        reader = text_model(c.model, device)
        model, read, label = reader.decoder, reader.read(c.sentence, PUBLISHED_TYPED, "sentence"), reader.label
    else:
        model, read = pretrained(CHECKPOINT, device), read_document(c.sentence, TYPED, "sentence", device)
    T = read.ids.shape[1]
    _, trace = unwatched(model)(beginning_at_each(read.ids))
    states = trace.residual[-1][torch.arange(T), T - 1 - torch.arange(T)]  # (T, D)
    target = int(model.unembed(states[0]).argmax())
    pair = (c.visible, min(2 * c.visible, WHOLE))
    measured = None
    if not c.published:
        measured = MeasuredHomes(
            homes_asked(TEXTS, c.seed), answers(LENGTHS, c.kept, c.dropped, c.seed, device),
            answers(pair, c.kept, c.dropped, c.seed, device),
        )  # fmt: skip
    return VisibleResult(
        c, measured, read.pieces, label(target), states, target, model, parameter_count(model), list(read.notices)
    )  # fmt: skip


def among(values: Tensor, chosen: Tensor) -> float:
    """The mean of the chosen; NaN where there is none."""
    return values[chosen].float().mean().item()


def measure(result: VisibleResult) -> Measurements:
    return (of_homes(result.measured, result.controls.visible) if result.measured else {}) | of_lengths(result)


def of_homes(measured: MeasuredHomes, n: int) -> dict[str, float]:
    """What is said of texts whose answers are known, at a window of n tokens."""
    homes, here = measured.homes, measured.here
    gain, words = here.loss[0] - here.loss[1], here.function_words[0] - here.function_words[1]
    beyond = homes.back > n
    right = here.named[0] == homes.ids[:, -1]
    seen = back_to(torch.arange(PEOPLE)) <= n  # (P,)
    other = ((here.named[0][:, None] == homes.stated) & seen).any(dim=1) & ~right
    whole = measured.answers.named[-1] == homes.ids[:, -1]
    return {
        "window_tokens": float(n),
        "gain_of_far_facts_nats": among(gain, beyond & (homes.back <= 2 * n)),
        "gain_of_function_words_nats": words.item(),
        "accuracy_inside": among(right, ~beyond),
        "accuracy_beyond": among(right, beyond),
        "another_city_share": among(other, beyond),
        "accuracy_whole": whole.float().mean().item(),
    }


def of_lengths(result: VisibleResult) -> dict[str, float]:
    """What is said of the typed text, and what a longer text costs."""
    c = result.controls
    last = torch.tensor(max(0, len(result.pieces) - c.visible))
    memory = SCORES[c.scores]
    weights = [count for name, count in FLOPS.items() if name != "scores"]
    return {
        "typed_probability": result.model.unembed(result.states[last]).softmax(dim=-1)[result.target].item(),
        "score_growth": memory(result.config, 2 * c.visible) / memory(result.config, c.visible),
        "crossover_tokens": float(
            first_length(
                lambda n: score_flops(result.config, n), lambda n: sum(count(result.config, n) for count in weights)
            )
        ),
    }
