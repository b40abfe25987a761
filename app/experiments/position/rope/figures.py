"""The hands of RoPE, the score by offset and the loss past the trained length, drawn."""

import math
from functools import partial

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.long_texts import by_place
from app.experiments.position.rope.run import KEYS, PLACES, RopeResult, hand_points
from app.number_format import number
from app.provenance.origin import Computed, Drawn, computed
from models.attention.dot_product import attention_scores
from models.language.loss_by_length import recorded
from models.position.rope import angles, frequencies, rotate
from visualizers.clocks import clocks
from visualizers.curve import mark_x
from visualizers.overlaid import overlaid
from visualizers.theme import SERIES

EQUAL = 1e-3  # scores closer than this are drawn as one line

HANDS = {
    "query and key": ("{accent|query} at m and {c2|key} at n turn together; the {mark|wedge} between them stays."),
    "query only": "{accent|query} at m turns, {c2|key} at n rests: the {mark|wedge} grows with m.",
    "nothing, add instead": (
        "{accent|query} and {c2|key} are pushed, not turned: they change in length, the {mark|wedge} too."
    ),
}


def short(tokens: float) -> str:
    """6, 353, 1.1 k, 35 k, 6.3 M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if tokens >= size:
            return f"{tokens / size:.{1 if tokens < 10 * size else 0}f}{unit}"
    return f"{tokens:.0f}"


def figures(result: RopeResult, measured: Measurements) -> Figures:
    return with_sources(
        {"hands": _hands(result, measured), "score": _score(result, measured), "length": _length(result, measured)},
        origins(result),
    )


def _hands(result: RopeResult, measured: Measurements) -> Figure:
    c, count, pairs = result.controls, len(result.query_hands), len(result.theta)
    full_turn = [2 * math.pi / theta for theta in result.theta.tolist()]
    drawn = clocks(
        result.query_hands.numpy(),
        result.key_hands.numpy(),
        labels=[short(tokens) for tokens in full_turn],
        hover=[
            f"pair {i}<br>{2 * math.pi / tokens:.4g} rad a token<br>one turn in {short(tokens)} tokens"
            for i, tokens in enumerate(full_turn)
        ],
        table={
            "pair": list(range(pairs)),
            "radians a token": result.theta.tolist(),
            "tokens a turn": full_turn,
            "radians at this offset": (result.theta * c.offset).tolist(),
        },
        frames=[f"m {n + c.offset} · n {n}" for n in range(count)],
        start=count // 2,
        forward=c.vectors == "unit hands" and c.turn != "nothing, add instead",
    )
    return Figure(
        title=f"{pairs} hands, one for each pair of features",
        caption=f"{HANDS[c.turn]} Below: tokens a turn.",
        text=(
            f"The first pair turns once in {measured['fastest_pair_full_turn_tokens']:.3g} tokens, the last in"
            f" {measured['slowest_pair_full_turn_tokens']:,.0f}; {measured['full_circles_in_64_tokens_pairs']:.0f} of"
            f" {pairs} come full circle within 64."
        ),
        plot=drawn,
        height=-(-pairs // 8) * 112 + 8,
        lines=["return torch.view_as_real(pair * turn).flatten(-2)"] * count,
        steps="position",
        start=count // 2,
    )


def _score(result: RopeResult, measured: Measurements) -> Figure:
    offset, spread = result.controls.offset, measured["largest_spread_of_a_score"]
    equal = spread < EQUAL
    first = result.scores[0]
    band = result.scores[1:, :, 0].quantile(torch.tensor([0.1, 0.9]), dim=0)
    shown = torch.cat([first.tril().flatten(), band.flatten()])
    low, high = min(0.0, shown.min().item()), max(0.0, shown.max().item())
    room = 0.14 * (high - low)
    drawn = overlaid(
        {f"n = {n}": first[n:, n].numpy() for n in KEYS},
        x_title="offset m − n, tokens",
        y_range=(low - room, high + room),
        band=(band[0].numpy(), band[1].numpy()),
        together=equal,
    )
    one, others = "Four key positions fall on one curve.", "Four key positions, four curves: the place matters now."
    verdict = "it stays the same to within" if equal else "it changes by up to"
    return Figure(
        title="Score q · k / √d by offset",
        caption=f"{one if equal else others} {{wash|Band}}: eight in ten of {len(result.scores) - 1} other pairs.",
        text=(
            f"At an offset of {offset} the score is {measured['score']:.4f}; moved to any other place {verdict}"
            f" {number(spread)}."
        ),
        plot=mark_x(drawn, offset, f"offset {offset}"),
        height=230,
        half=True,
    )


def _length(result: RopeResult, measured: Measurements) -> Figure:
    record = recorded()
    whole, cut = record.whole["rope"], record.cut["rope"]
    return Figure(
        title="Loss past the trained length, nats",
        caption=("Trained on texts of 64 tokens: {c2|reading all}, {c3|reading the last 64}; {accent|dots}: read now."),
        text=(
            f"Past token 64, reading all costs {measured['cost_of_long_sight_nats']:.2f} nats a token more than reading"
            f" the last 64. Recorded near token {record.places[-1]:.0f}: {whole[-1]:.2f} against {cut[-1]:.2f}."
        ),
        plot=by_place(
            record.places,
            {"all": whole, "last 64": cut},
            {"all": SERIES[1], "last 64": SERIES[2]},
            result.read.loss,
            room=52,
            height=230,
        ),
        height=230,
        half=True,
    )


def origins(result: RopeResult) -> list[Drawn]:
    c, (query, key) = result.controls, result.pair
    if c.turn == "nothing, add instead":
        return []
    theta, shown = computed(frequencies, head_width=len(query), base=c.base), len(result.key_hands)

    def turned(x: Tensor, first: int, count: int) -> Computed:
        return computed(rotate, x=x, angle=computed(angles, positions=torch.arange(first, first + count), theta=theta))

    both = c.turn == "query and key"
    drawn = [Drawn("hands", turned(query, c.offset, shown), hand_points, 4, framed=True, several=True, unit=None)]
    if both:
        drawn.append(Drawn("hands", turned(key, 0, shown), hand_points, 3, framed=True, several=True, unit=None))
    asked, offered = turned(query, 0, PLACES), turned(key, 0, PLACES) if both else key.expand(PLACES, -1)
    scores = Computed(result.scores[0], attention_scores, {"q": asked, "k": offered})
    first = 3 if both else 2  # after the band, and the broad line where all are one
    return drawn + [
        Drawn("score", scores, partial(_by_offset, n), trace=first + 2 * number) for number, n in enumerate(KEYS)
    ]


def _by_offset(n: int, scores: Tensor) -> Tensor:
    return scores[n:, n]
