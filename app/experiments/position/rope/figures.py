"""The score by offset, the rotating pairs and the loss past the trained length, drawn."""

import math
from functools import partial

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.long_texts import by_place
from app.experiments.position.pair_vectors import ACROSS, pair_vectors, short, shown_pairs, vector_points
from app.experiments.position.rope.run import KEYS, PLACES, STEPS, RopeResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.attention.dot_product import attention_scores
from models.language.loss_by_length import recorded
from models.position.rope import angles, frequencies, rotate
from visualizers.clocks import clocks
from visualizers.curve import mark_x
from visualizers.overlaid import overlaid
from visualizers.theme import SERIES

EQUAL = 1e-3  # scores closer than this are drawn as one line
ADDED = "nothing, add instead"

PAIRS = {
    "query and key": "{accent|Query} at m and {c2|key} at n rotate together: the {mark|angle} between them stays.",
    "query only": "{accent|Query} at m rotates, {c2|key} at n does not: the {mark|angle} grows with m.",
    ADDED: "{accent|Query} and {c2|key} are shifted, not rotated: lengths and {mark|angles} change.",
}


def figures(result: RopeResult, metrics: Measurements) -> Figures:
    c, (query, key) = result.controls, result.pair
    theta = computed(frequencies, head_width=len(query), base=c.base)

    def rotated(x: Tensor, first: int, count: int) -> Computed:
        return computed(rotate, x=x, angle=computed(angles, positions=torch.arange(first, first + count), theta=theta))

    both = c.turn == "query and key"
    of_pairs: list[Plotted] = []
    of_scores: list[Plotted] = []
    if c.turn != ADDED:
        stepped = [
            (rotated(query, c.offset, STEPS), "first vector"),
            *([(rotated(key, 0, STEPS), "second vector")] if both else []),
        ]
        of_pairs = [Plotted(x, vector_points, trace, framed=True, several=True, unit=None) for x, trace in stepped]
        keys = rotated(key, 0, PLACES) if both else key.expand(PLACES, -1)
        scores = Computed(result.scores[0], attention_scores, {"q": rotated(query, 0, PLACES), "k": keys})
        of_scores = [Plotted(scores, partial(_by_offset, n), f"n = {n}") for n in KEYS]
    return {
        "score": _score(result, metrics, of_scores),
        "hands": _pairs(result, metrics, of_pairs),
        "length": _length(result, metrics),
    }


def _by_offset(n: int, scores: Tensor) -> Tensor:
    return scores[n:, n]


def _score(result: RopeResult, metrics: Measurements, sources: list[Plotted]) -> Figure:
    offset, spread = result.controls.offset, metrics["largest_spread_of_a_score"]
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
    one = "Four positions n of the key, one curve: only the offset counts."
    four = "Four positions n of the key, four curves: the position counts too."
    verdict = "it changes by at most" if equal else "it changes by up to"
    return Figure(
        title="Score of a query at m and a key at n, by their offset",
        caption=f"{one if equal else four} {{wash|Band}}: eight in ten of {len(result.scores) - 1} other pairs.",
        text=(
            f"At an offset of {offset} the score is {metrics['score']:.4f}. When query and key move along the text"
            f" together, {verdict} {number(spread)}."
        ),
        plot=mark_x(drawn, offset, f"offset {offset}"),
        height=250,
        sources=sources,
    )


def _pairs(result: RopeResult, metrics: Measurements, sources: list[Plotted]) -> Figure:
    c, pairs = result.controls, len(result.theta)
    shown = shown_pairs(pairs).tolist()
    tokens = [2 * math.pi / result.theta[i].item() for i in shown]
    drawn = clocks(
        pair_vectors(result.queries).numpy(),
        pair_vectors(result.keys).numpy(),
        labels=[short(one) for one in tokens],
        hover=[
            f"pair {i}<br>{2 * math.pi / one:.4g} rad per token<br>full rotation in {short(one)} tokens"
            for i, one in zip(shown, tokens)
        ],
        table={
            "pair": shown,
            "radians per token": result.theta[shown].tolist(),
            "tokens per rotation": tokens,
            "radians at this offset": (result.theta[shown] * c.offset).tolist(),
        },
        frames=[f"m {n + c.offset} · n {n}" for n in range(STEPS)],
        start=STEPS // 2,
        columns=ACROSS,
        forward=c.vectors == "unit vectors" and c.turn != ADDED,
    )
    return Figure(
        title=f"{len(shown)} of {pairs} pairs of features, by tokens per rotation",
        caption=PAIRS[c.turn],
        text=(
            f"The first pair completes a rotation in {metrics['fastest_pair_full_rotation_tokens']:.3g} tokens,"
            f" the last in {number(round(metrics['slowest_pair_full_rotation_tokens']))}. Within 64 tokens"
            f" {metrics['full_rotations_in_64_tokens_pairs']:.0f} of {pairs} pairs complete one."
        ),
        plot=drawn,
        height=250,
        half=True,
        lines=["return torch.view_as_real(pair * rotation).flatten(-2)"] * STEPS,
        steps="position",
        start=STEPS // 2,
        sources=sources,
    )


def _length(result: RopeResult, metrics: Measurements) -> Figure:
    record = recorded()
    whole, cut = record.whole["rope"], record.cut["rope"]
    whose = " of the tiny world's model" if result.controls.published else ""
    return Figure(
        title=f"Loss by position{whose}, nats per token",
        caption="Trained on 64 tokens: {c2|whole text} visible, or {c3|the last 64}. {accent|Dots}: computed now.",
        text="Of the published model only queries and keys are shown."
        if whose
        else (
            f"Past token 64 the loss is {metrics['loss_past_the_trained_length_nats']:.2f} nats per token. Tokens more"
            f" than 64 back account for {metrics['extra_loss_from_far_tokens_nats']:+.2f} of it."
            f" The loss differs from ALiBi's by {metrics['extra_loss_over_alibi_past_the_trained_length_nats']:+.2f}."
        ),
        plot=by_place(
            record.places,
            {"all": whole, "last 64": cut},
            {"all": SERIES[1], "last 64": SERIES[2]},
            result.read.loss,
            room=52,
            height=250,
        ),
        height=250,
        half=True,
    )
