"""A head trained live to find the token n back, with one position scheme: on moved texts and on longer ones."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import training
from models.interpretability.head_patterns import mean_by_offset
from models.parameter_count import parameter_count
from models.position.learned import LearnedPosition
from models.position.offset_reader import OffsetReader, OffsetReaderTrace, random_symbols
from models.position.relative_bias import RelativeKeys, T5Bias
from models.position.rope import RoPE
from models.position.scheme import PositionScheme
from models.seeding import generator, seeded

SYMBOLS, WIDTH, BATCH, RATE = 8, 32, 32, 1e-2
TRAINED, LONG, TESTED = 24, 96, 24
BUCKETS, FURTHEST, CLIP = 16, 64, 8
EVALUATIONS, SHOWN = 3, 24
STEEPER = 8  # a bias is one number and has no width to grow in, so it learns this much faster

Scheme = Literal["T5 buckets", "Shaw", "RoPE", "added table"]


class RelativeControls(Controls):
    scheme: Scheme = Field("T5 buckets", title="Position scheme")
    back: int = Field(3, ge=1, le=14, title="Offset to find, tokens back", description="What the head has to learn")
    moved: int = Field(24, ge=1, le=64, title="Move of the text, positions")
    steps: int = Field(240, ge=60, le=300, multiple_of=60, title="Training steps", json_schema_extra=MORE)


class Reading(NamedTuple):
    right: Tensor  # (LONG,) share of right answers by position; NaN where no token is so far back
    here: OffsetReaderTrace  # of one text within the trained length, (T, …)
    there: OffsetReaderTrace  # of the same text, moved along
    score: Tensor  # (SHOWN,) mean score by offset, over the positions of longer texts
    change: float  # largest change of a score by the move, over the spread of the scores
    moved_right: float

    @property
    def weights(self) -> Tensor:
        """(T, T)"""
        return self.here.weights


class RelativeResult(NamedTuple):
    controls: RelativeControls
    readings: dict[str, Reading]
    step: int
    parameters: int


SCHEMES: dict[str, Callable[[], PositionScheme]] = {
    "T5 buckets": lambda: T5Bias(1, BUCKETS, FURTHEST),
    "Shaw": lambda: RelativeKeys(WIDTH, CLIP),
    "RoPE": lambda: RoPE(),
    "added table": lambda: LearnedPosition(LONG + 64, WIDTH),
}


def answers(ids: Tensor, logits: Tensor, back: int) -> Tensor:
    """Right or not, (B, T), NaN for the first ``back``."""
    right = (logits[:, back:].argmax(dim=-1) == ids[:, :-back]).float()
    return torch.cat([torch.full((len(ids), back), torch.nan), right], dim=1)


@torch.no_grad()
def evaluate(model: OffsetReader, c: RelativeControls, device: str) -> Reading:
    ids = random_symbols(TESTED, LONG, SYMBOLS, generator(10_000 + c.seed)).to(device)
    places = torch.arange(LONG, device=device)
    logits, long = model(ids, places)
    far, mean = answers(ids, logits, c.back).mean(dim=0), long.scores.mean(dim=0)
    score = mean_by_offset(mean)[:SHOWN]
    short = ids[:, :TRAINED]
    _, here = model(short, places[:TRAINED])
    logits, there = model(short, places[:TRAINED] + c.moved)
    seen = torch.ones(TRAINED, TRAINED, dtype=torch.bool).tril()
    change = (there.scores - here.scores)[:, seen].abs().max() / here.scores[:, seen].std()
    moved_right = answers(short, logits, c.back)[:, c.back :].mean()
    one, moved = (OffsetReaderTrace(*(part[0] for part in trace)) for trace in (here, there))
    return Reading(far, one, moved, score, change.item(), moved_right.item())


def reader(scheme: str) -> OffsetReader:
    return OffsetReader(SYMBOLS, WIDTH, SCHEMES[scheme]())


def optimizer_of(model: OffsetReader) -> torch.optim.Optimizer:
    places = list(model.position.parameters()) if isinstance(model.position, T5Bias) else []
    others = [weight for weight in model.parameters() if all(weight is not place for place in places)]
    groups: list[dict[str, Any]] = [{"params": others}, {"params": places, "lr": STEEPER * RATE}]
    return torch.optim.Adam([group for group in groups if group["params"]], RATE)


def run(controls: RelativeControls, device: str) -> Iterator[RelativeResult]:
    c = controls
    rival = "added table" if c.scheme != "added table" else "T5 buckets"
    models = {name: seeded(partial(reader, name), c.seed, device) for name in (c.scheme, rival)}
    optimizers = [optimizer_of(model) for model in models.values()]
    draws, places = generator(c.seed), torch.arange(TRAINED, device=device)

    def step() -> None:
        ids = random_symbols(BATCH, TRAINED, SYMBOLS, draws).to(device)
        for model, optimizer in zip(models.values(), optimizers, strict=True):
            _learn(model, optimizer, ids, places, c.back)

    def readings() -> dict[str, Reading]:
        return {name: evaluate(model, c, device) for name, model in models.items()}

    for progress in training(step, readings, c.steps, EVALUATIONS):
        yield RelativeResult(c, progress.newest, progress.taken[-1], parameter_count(models[c.scheme]))


def _learn(model: nn.Module, optimizer: torch.optim.Optimizer, ids: Tensor, places: Tensor, back: int) -> None:
    with torch.enable_grad():
        logits, _ = model(ids, places)
        cross_entropy(logits[:, back:].flatten(0, 1), ids[:, :-back].flatten()).backward()
    optimizer.step()
    optimizer.zero_grad()


def measure(result: RelativeResult) -> Measurements:
    c, found = result.controls, result.readings[result.controls.scheme]
    at_offset = found.weights.diagonal(-c.back)
    return {
        "change_of_scores_by_moving": found.change,
        "right_within_the_trained_length_percent": 100 * found.right[c.back : TRAINED].mean().item(),
        "right_past_the_trained_length_percent": 100 * found.right[TRAINED:].mean().item(),
        "right_when_moved_percent": 100 * found.moved_right,
        "mean_weight_on_the_right_token": at_offset.mean().item(),
        "chance_percent": 100 / SYMBOLS,
    }
