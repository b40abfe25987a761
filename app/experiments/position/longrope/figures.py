"""The search, the factors that it found, and the loss by place, drawn."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.context_extension import slowed
from app.experiments.position.long_texts import by_place
from app.experiments.position.longrope.run import (
    SHAPE,
    STRETCH,
    LongropeResult,
)
from app.experiments.position.rope_scaling.figures import COLOURS, STRETCHES
from app.provenance.origin import Drawn
from models.language.loss_by_length import TRAINED, binned
from models.position.rope import frequencies
from models.position.scaled_rope import full_rotations
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, INK_3, SERIES

FOUND = "found"
LINES = {**COLOURS, FOUND: ACCENT}


def figures(result: LongropeResult, measured: Measurements) -> Figures:
    return with_sources(
        {
            "search": _search(result, measured),
            "factors": _factors(result, measured),
            "length": _length(result, measured),
        },
        origins(result),
    )


def _search(result: LongropeResult, measured: Measurements) -> Figure:
    rounds = np.arange(len(result.rounds))
    lines = {
        "its own text": np.array([best.searched for best in result.rounds]),
        "new texts": np.array([best.held_out.mean().item() for best in result.rounds]),
        "YaRN, new texts": np.full(len(rounds), result.known_held_out["YaRN"].mean().item()),
    }
    drawn = curves(
        rounds,
        lines,
        x_title="round",
        colours=dict(zip(lines, (SERIES[1], ACCENT, INK_3))),
        markers=True,
        room=112,
    )
    values = np.concatenate(list(lines.values()))
    room = max(0.15 * float(np.ptp(values)), 0.05)
    drawn.update_yaxes(range=[values.min() - room, values.max() + room])
    drawn.update_xaxes(range=[-0.3, max(result.controls.rounds, 1) + 0.3], dtick=2 if result.controls.rounds > 6 else 1)
    apart(drawn, 170)
    return Figure(
        title="Loss of the best factors so far, nats a token",
        caption=(
            "{c2|Searched}: the tokens that choose. {accent|New texts}: the same factors where they were not chosen;"
            " only this line counts."
        ),
        text=(
            f"After {measured['candidates_tried']:.0f} candidates the search has won"
            f" {measured['searched_lead_over_yarn_nats']:.2f} nats on YaRN on its own text and"
            f" {measured['held_out_lead_over_yarn_nats']:.2f} on texts that it never read."
        ),
        plot=drawn,
        height=226,
    )


def _factors(result: LongropeResult, measured: Measurements) -> Figure:
    best = result.rounds[-1].candidate
    lines = {method: candidate.factors.numpy() for method, candidate in result.known.items()}
    lines[FOUND] = best.factors.numpy()
    pairs = len(best.factors)
    full = full_rotations(frequencies(2 * pairs), TRAINED)
    drawn = curves(
        np.arange(pairs), lines, x_title="pair, by its turns in 64 tokens", colours=LINES, markers=True, room=84
    )
    ticks = list(range(0, pairs, 2))
    drawn.update_xaxes(tickmode="array", tickvals=ticks, ticktext=[f"{full[i]:.2g}" for i in ticks], tickangle=0)
    drawn.update_yaxes(range=[0, 5.9])
    drawn.data[-1].update(line={"width": 3})
    apart(drawn, 190)
    return Figure(
        title="How many times slower each pair turns",
        caption="One factor a pair, {accent|found} by search; never smaller for a slower pair.",
        text=(
            f"Found: from {measured['quickest_pair_slowed_times']:.2f} for the quickest pair to"
            f" {measured['slowest_pair_slowed_times']:.2f} for the slowest; the first"
            f" {measured['untouched_positions']:.0f} positions are left untouched."
        ),
        plot=drawn,
        height=240,
        half=True,
    )


def _length(result: LongropeResult, measured: Measurements) -> Figure:
    found = result.rounds[-1].held_out
    width = (len(found) + 1) // STRETCHES
    middles = ((np.arange(STRETCHES) + 0.5) * width).tolist()
    lines = {method: binned(loss[None], width).tolist() for method, loss in result.known_held_out.items()}
    lines[FOUND] = binned(found[None], width).tolist()
    return Figure(
        title="Loss by place in new texts, nats",
        caption="{accent|Found}: the searched factors. No weight was changed.",
        text=(
            "With the factors found the model loses"
            f" {measured['held_out_loss_within_the_trained_length_nats']:.2f} nats"
            " a token within 64 tokens and"
            f" {measured['held_out_loss_past_the_trained_length_nats']:.2f} past them."
        ),
        plot=by_place(middles, lines, LINES, found[None], room=88, height=240, dot=width),
        height=240,
        half=True,
    )


def origins(result: LongropeResult) -> list[Drawn]:
    """Of the published methods: the factors found are no formula's."""
    known = [Drawn("factors", slowed(method, STRETCH, SHAPE), trace=trace) for trace, method in enumerate(result.known)]
    return known[::-1]  # the button asks about the first
