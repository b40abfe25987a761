"""Recorded loss curves by place of the norm, warm-up and depth; live gradients before the first step, and times."""

import time
from collections.abc import Callable
from statistics import median
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.checkpoints import load_state
from models.data.tok_sentences import END, sentences
from models.interpretability.start_gradients import gradient_norms
from models.language.from_states import shifted_right
from models.language.step_by_step import in_one_pass, word_after_word
from models.parameter_count import parameter_count
from models.seeding import generator, seeded
from models.training.warm_up import EVERY, NAME, NORMS, WARM_UP, config, learning_rate
from models.transformer.encoder_decoder import Encoded, EncoderDecoder
from models.transformer.pre_norm_encoder_decoder import PreNormEncoder

Norm = Literal["behind the sum", "in front of each part"]
WarmUp = Literal["with warm-up", "without"]
Encoder = Literal["as in the decoder", "in front of each part"]
PLACES: dict[Norm, str] = {"behind the sum": "post", "in front of each part": "pre"}
ARMS: dict[WarmUp, str] = {"with warm-up": "warm-up", "without": "none"}
ROWS = 16
TIMED_ROWS, REPEATS = 4, 3
LAST = 3
"""Points of a curve whose mean is the last loss."""


class WarmUpControls(Controls):
    norm: Norm = Field("behind the sum", title="Norm", description="Behind the sum: the paper. In front: its code")
    warm_up: WarmUp = Field("with warm-up", title="Learning rate")
    layers: Literal[8, 2] = Field(8, title="Layers of each stack")
    encoder: Encoder = Field(
        "as in the decoder", title="Norm of the encoder", description="For the gradients before training alone"
    )


class Times(NamedTuple):
    """What the decoder says after every word of some sentences, all at once or word after word: medians, seconds."""

    at_once: float
    word_after_word: float
    difference: float  # largest difference of a logit between both
    words: int


class WarmUpResult(NamedTuple):
    controls: WarmUpControls
    curves: dict[tuple[Norm, WarmUp], Tensor]  # (N, points), nats per word
    recurrent: Tensor  # (N, points)
    steps: Tensor  # (points,) the last step of each point
    rates: Tensor  # (points,) of the chosen arm
    gradients: dict[Norm, Tensor]  # (2, L) of the encoder's layers and the decoder's, before training
    times: Times
    parameters: int


@memo
def gradients(norm: Norm, encoder: Encoder, layers: int, seed: int) -> Tensor:
    build = NORMS[PLACES[norm]]
    if encoder == "in front of each part" and norm == "behind the sum":
        build = PreNormEncoder
    model = seeded(lambda: build(config(layers)), seed)
    source, target = sentences(ROWS, generator(seed))
    return gradient_norms(model, source, shifted_right(target, END), target)


@memo
@torch.inference_mode()
def timed(norm: Norm, layers: int) -> Times:
    """Both forms with the same weights, on this machine now."""
    model = seeded(lambda: NORMS[PLACES[norm]](config(layers)), 0)
    source, target = sentences(TIMED_ROWS, generator(0))
    prefix, read = shifted_right(target, END), model.encode(source)

    def took(form: Callable[[EncoderDecoder, Tensor, Encoded], Tensor]) -> tuple[float, Tensor]:
        spans = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            logits = form(model, prefix, read)
            spans.append(time.perf_counter() - started)
        return median(spans), logits

    at_once, parallel = took(in_one_pass)
    steps, sequential = took(word_after_word)
    return Times(at_once, steps, (parallel - sequential).abs().max().item(), prefix.shape[1])


def run(controls: WarmUpControls, device: str) -> WarmUpResult:
    c, state = controls, load_state(NAME)
    layers = int(c.layers)
    curves = {(norm, warm): state[f"{layers}.{PLACES[norm]}.{ARMS[warm]}"] for norm in PLACES for warm in ARMS}
    points = state["recurrent"].shape[1]
    steps = EVERY * torch.arange(1, points + 1)
    rates = [learning_rate(step, WARM_UP, rises=c.warm_up == "with warm-up") for step in steps.tolist()]
    weights = parameter_count(seeded(lambda: NORMS[PLACES[c.norm]](config(layers)), 0))
    return WarmUpResult(
        c, curves, state["recurrent"], steps, torch.tensor(rates),
        {norm: gradients(norm, c.encoder, layers, c.seed) for norm in PLACES}, timed(c.norm, layers), weights,
    )  # fmt: skip


def last(curve: Tensor) -> Tensor:
    """The last loss of each training, (N,)."""
    return curve[:, -LAST:].mean(dim=1)


def measure(result: WarmUpResult) -> Measurements:
    c = result.controls
    chosen = last(result.curves[c.norm, c.warm_up])
    gain = last(result.curves[c.norm, "without"]).mean() - last(result.curves[c.norm, "with warm-up"]).mean()
    decoder = result.gradients[c.norm][1]
    return {
        "layers_of_a_stack": float(c.layers),
        "last_loss_nats": chosen.mean().item(),
        "highest_last_loss_nats": chosen.max().item(),
        "lowest_last_loss_nats": chosen.min().item(),
        "gain_of_warm_up_nats": gain.item(),
        "recurrent_last_loss_nats": last(result.recurrent).mean().item(),
        "at_once_ms": 1000 * result.times.at_once,
        "word_after_word_ms": 1000 * result.times.word_after_word,
        "largest_difference_of_the_forms": result.times.difference,
        "passes_in_sequence": float(result.times.words),
        "gradient_ratio": (decoder[-1] / decoder[0]).item(),
        "gradient_doublings": (decoder[-1] / decoder[0]).log2().item(),
    }
