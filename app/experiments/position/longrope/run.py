"""A factor for every rotary pair, searched live on the trained decoder’s loss, and tried on texts never searched."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.position.context_extension import BASE, Shape, beyond, inside, length, long_texts, read, slowed
from models.language.loss_by_length import TRAINED, losses, scheme_model
from models.parameter_count import parameter_count
from models.position.longrope_search import Candidate, LongRoPE, search
from models.position.rope import frequencies
from models.position.scaled_rope import with_position
from models.seeding import generator

STRETCH, ROWS = 4, 2
SHAPE = Shape(16, TRAINED, 0.5, 4.0)
CHILDREN, PARENTS = 8, 4
KNOWN = ("interpolation", "NTK-aware", "YaRN")  # YaRN’s frequencies, without its factor on the scores


class LongropeControls(Controls):
    scored: Literal[2, 32, 512] = Field(512, title="Tokens the search is scored on")
    rounds: int = Field(8, ge=0, le=12, title="Rounds", description="Eight children each")
    start: Literal["known methods", "interpolation"] = Field(
        "known methods",
        title="It starts from",
        description="Known: interpolation, NTK-aware, YaRN",
        json_schema_extra=MORE,
    )


class Round(NamedTuple):
    """The best so far."""

    candidate: Candidate
    searched: float  # nats a token that the search minimises
    held_out: Tensor  # (T − 1,) mean loss by place of texts that it never reads


class LongropeResult(NamedTuple):
    controls: LongropeControls
    known: dict[str, Candidate]
    known_searched: dict[str, float]
    known_held_out: dict[str, Tensor]
    rounds: list[Round]
    tried: int  # candidates that the search has scored so far
    parameters: int


def known() -> dict[str, Candidate]:
    """The published methods as factors."""
    return {method: Candidate(slowed(method, STRETCH, SHAPE).tensor, 0) for method in KNOWN}


def rescaled(candidate: Candidate, device: str) -> LongRoPE:
    return LongRoPE(frequencies(SHAPE.head_width, BASE), candidate).to(device)


def held_out(candidate: Candidate, seed: int, device: str) -> Tensor:
    return read(with_position(scheme_model("rope", device), rescaled(candidate, device)), STRETCH, seed, device)


@lru_cache(maxsize=64)
def known_held_out(seed: int, device: str) -> dict[str, Tensor]:
    return {method: held_out(candidate, seed, device) for method, candidate in known().items()}


def run(controls: LongropeControls, device: str) -> Iterator[LongropeResult]:
    c, T = controls, length(STRETCH)
    rows = ROWS if c.scored > T else 1
    ids = long_texts(c.seed, ROWS, T, "search")[:rows].to(device)
    model = with_position(scheme_model("rope", device), rescaled(known()["YaRN"], device))

    def loss(candidate: Candidate) -> float:
        found = losses(with_position(model, rescaled(candidate, device)), ids)
        return (found if rows == ROWS else found[:, -c.scored :]).mean().item()

    names = KNOWN if c.start == "known methods" else ("interpolation",)
    start = [known()[method] for method in names]
    searched = {method: loss(candidate) for method, candidate in known().items()}
    tried = 0

    def score(candidate: Candidate) -> float:
        nonlocal tried
        tried += 1
        return loss(candidate)

    generations = search(score, start, STRETCH, c.rounds, CHILDREN, PARENTS, generator(c.seed))
    rounds: list[Round] = []
    for best, *_ in generations:
        if rounds and best.candidate is rounds[-1].candidate:
            rounds.append(rounds[-1])
        else:
            rounds.append(Round(best.candidate, best.loss, held_out(best.candidate, c.seed, device)))
        parameters = parameter_count(model)
        yield LongropeResult(c, known(), searched, known_held_out(c.seed, device), list(rounds), tried, parameters)


def measure(result: LongropeResult) -> Measurements:
    best, held = result.rounds[-1], result.known_held_out
    mean = best.held_out.mean().item()
    factors = best.candidate.factors
    return {
        "held_out_loss_nats": mean,
        "held_out_lead_over_yarn_nats": held["YaRN"].mean().item() - mean,
        "held_out_lead_over_interpolation_nats": held["interpolation"].mean().item() - mean,
        "searched_loss_nats": best.searched,
        "searched_lead_over_yarn_nats": result.known_searched["YaRN"] - best.searched,
        "held_out_loss_within_the_trained_length_nats": inside(best.held_out),
        "held_out_loss_past_the_trained_length_nats": beyond(best.held_out),
        "quickest_pair_slowed_times": factors[0].item(),
        "slowest_pair_slowed_times": factors[-1].item(),
        "untouched_positions": float(best.candidate.untouched),
        "candidates_tried": result.tried,
    }
