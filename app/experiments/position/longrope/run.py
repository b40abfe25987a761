"""One factor per rotary pair, searched live on the trained decoder's loss and judged on texts outside the search."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.position.context_extension import BASE, Shape, beyond, length, long_texts, read, slowed
from models.language.loss_by_length import TRAINED, losses, scheme_model
from models.parameter_count import parameter_count
from models.position.longrope_search import UNTOUCHED, Candidate, LongRoPE, search
from models.position.rope import frequencies
from models.position.scaled_rope import with_position
from models.seeding import generator

STRETCH, ROWS = 4, 4
SHAPE = Shape(16, TRAINED, 0.5, 4.0)
CHILDREN, PARENTS = 8, 4
KNOWN = ("interpolation", "NTK-aware", "YaRN")  # YaRN's frequencies, without its factor on the scores
LEFT_ALONE = (*UNTOUCHED, TRAINED)  # numbers of first positions whose angles are not rescaled
FEW = 4  # of them

Cached = Literal["rotated again", "with the short factors", "4 of them with the short factors"]
STALE: Mapping[Cached, int] = {
    "rotated again": 0,
    "4 of them with the short factors": FEW,
    "with the short factors": TRAINED,
}
"""How many first keys keep the angles that they were cached with."""


class LongropeControls(Controls):
    scored: Literal[2, 32, 1024] = Field(1024, title="Tokens scored in the search")
    rounds: int = Field(8, ge=0, le=12, title="Rounds", description="Eight children each")
    cached: Cached = Field(
        "rotated again",
        title="Keys of the first 64 tokens",
        description="With the short factors: cached before the text outgrew the trained length",
    )
    start: Literal["known methods", "interpolation"] = Field(
        "known methods",
        title="The search starts from",
        description="Known: interpolation, NTK-aware, YaRN",
        json_schema_extra=MORE,
    )


class Round(NamedTuple):
    """The best so far."""

    candidate: Candidate
    searched: float  # nats per token that the search minimises
    held_out: Tensor  # (T − 1,) mean loss by position of texts outside the search


class LongropeResult(NamedTuple):
    controls: LongropeControls
    known: dict[str, Candidate]
    known_searched: dict[str, float]
    known_held_out: dict[str, Tensor]  # plain RoPE too
    rounds: list[Round]
    left_alone: dict[int, Tensor]  # number of first positions with plain angles → mean loss by position, at the end
    tried: int  # candidates that the search has scored so far
    parameters: int

    @property
    def shown(self) -> Tensor:
        """Loss by position of the best factors, with the keys as they are cached: (T − 1,)."""
        stale = STALE[self.controls.cached]
        return self.left_alone[stale] if stale in self.left_alone and stale else self.rounds[-1].held_out


def known() -> dict[str, Candidate]:
    """The published methods as factors."""
    return {method: Candidate(slowed(method, STRETCH, SHAPE).tensor, 0) for method in KNOWN}


def rescaled(candidate: Candidate, device: str) -> LongRoPE:
    return LongRoPE(frequencies(SHAPE.head_width, BASE), candidate).to(device)


def held_out(candidate: Candidate, seed: int, device: str) -> Tensor:
    return read(with_position(scheme_model("rope", device), rescaled(candidate, device)), STRETCH, seed, device)


@memo
def known_held_out(seed: int, device: str) -> dict[str, Tensor]:
    plain = Candidate(slowed("none", STRETCH, SHAPE).tensor, 0)
    return {method: held_out(candidate, seed, device) for method, candidate in {"none": plain, **known()}.items()}


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

    def now(left_alone: dict[int, Tensor]) -> LongropeResult:
        others = known_held_out(c.seed, device)
        return LongropeResult(c, known(), searched, others, list(rounds), left_alone, tried, parameter_count(model))

    for best, *_ in generations:
        if rounds and best.candidate is rounds[-1].candidate:
            rounds.append(rounds[-1])
        else:
            rounds.append(Round(best.candidate, best.loss, held_out(best.candidate, c.seed, device)))
        yield now({})
    found, left_alone = rounds[-1].candidate, dict[int, Tensor]()
    for count in LEFT_ALONE:
        left_alone[count] = held_out(found._replace(untouched=count), c.seed, device)
        yield now(dict(left_alone))


def measure(result: LongropeResult) -> Measurements:
    best, held, shown = result.rounds[-1], result.known_held_out, result.shown
    mean, factors = best.held_out.mean().item(), best.candidate.factors
    alone = {count: loss.mean().item() for count, loss in result.left_alone.items()}
    return {
        "held_out_loss_nats": shown.mean().item(),
        "held_out_lead_over_yarn_nats": held["YaRN"].mean().item() - mean,
        "held_out_lead_over_interpolation_nats": held["interpolation"].mean().item() - mean,
        "searched_loss_nats": best.searched,
        "searched_lead_over_yarn_nats": result.known_searched["YaRN"] - best.searched,
        "loss_past_the_trained_length_nats": beyond(shown),
        "lead_over_yarn_past_the_trained_length_nats": beyond(held["YaRN"]) - beyond(shown),
        "change_by_first_positions_left_alone_nats": alone.get(FEW, 0.0) - alone.get(0, 0.0),
        "fastest_pair_slowed_times": factors[0].item(),
        "slowest_pair_slowed_times": factors[-1].item(),
        "first_positions_left_alone": float(best.candidate.untouched),
        "candidates_tried": result.tried,
    }
