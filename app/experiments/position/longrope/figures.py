"""The search, the factors that it found, and the loss against the number of positions left alone, drawn."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.context_extension import beyond, slowed
from app.experiments.position.longrope.run import LEFT_ALONE, SHAPE, STRETCH, LongropeResult
from app.experiments.position.pair_lines import COLOURS, by_rotations, thick
from app.provenance.origin import Plotted
from models.language.loss_by_length import TRAINED
from models.position.rope import frequencies
from models.position.scaled_rope import full_rotations
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, INK_3, SERIES

FOUND = "found"
LINES = {**COLOURS, FOUND: ACCENT}


def figures(result: LongropeResult, metrics: Measurements) -> Figures:
    return {
        "search": _search(result, metrics),
        "factors": _factors(result, metrics),
        "left_alone": _left_alone(result, metrics),
    }


def _search(result: LongropeResult, metrics: Measurements) -> Figure:
    rounds = np.arange(len(result.rounds))
    lines = {
        "searched texts": np.array([best.searched for best in result.rounds]),
        "held-out texts": np.array([best.held_out.mean().item() for best in result.rounds]),
        "YaRN, held-out": np.full(len(rounds), result.known_held_out["YaRN"].mean().item()),
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
        title="Loss of the best factors so far, nats per token",
        caption="{c2|Searched texts} choose the factors. Only {accent|held-out texts} count.",
        text=(
            f"After {metrics['candidates_tried']:.0f} candidates the factors lead YaRN by"
            f" {metrics['searched_lead_over_yarn_nats']:.2f} nats per token on the searched texts and by"
            f" {metrics['held_out_lead_over_yarn_nats']:.2f} on held-out texts."
        ),
        plot=drawn,
        height=226,
    )


def _factors(result: LongropeResult, metrics: Measurements) -> Figure:
    best = result.rounds[-1].candidate
    of_methods = {method: slowed(method, STRETCH, SHAPE) for method in result.known}
    lines = {method: one.tensor.numpy() for method, one in of_methods.items()}
    lines[FOUND] = best.factors.numpy()
    pairs = len(best.factors)
    drawn = curves(
        np.arange(pairs), lines, x_title="pair, by its rotations in 64 tokens", colours=LINES, markers=True, room=84
    )
    by_rotations(drawn, full_rotations(frequencies(2 * pairs), TRAINED), 2)
    drawn.update_yaxes(range=[0, 5.9])
    thick(drawn, FOUND)
    apart(drawn, 190)
    return Figure(
        title="How many times slower each pair rotates",
        caption="One factor per pair, {accent|found} by search; never smaller for a slower pair.",
        text=(
            f"Found: factors from {metrics['fastest_pair_slowed_times']:.2f} for the fastest pair to"
            f" {metrics['slowest_pair_slowed_times']:.2f} for the slowest."
        ),
        plot=drawn,
        height=240,
        half=True,
        sources=[Plotted(one, trace=method) for method, one in reversed(of_methods.items())],
    )  # the factors found are no formula's


def _left_alone(result: LongropeResult, metrics: Measurements) -> Figure:
    losses = result.left_alone or {0: result.rounds[-1].held_out}
    lines = {
        "found": np.array([beyond(loss) for loss in losses.values()]),
        "plain RoPE": np.full(len(losses), beyond(result.known_held_out["none"])),
    }
    drawn = curves(
        np.arange(len(losses)),
        lines,
        x_title="first positions not rescaled",
        colours={"found": ACCENT, "plain RoPE": SERIES[1]},
        markers=True,
        room=84,
    )
    drawn.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(LEFT_ALONE))),
        ticktext=list(map(str, LEFT_ALONE)),
        range=[-0.3, len(LEFT_ALONE) - 0.7],
        tickangle=0,
    )
    drawn.update_yaxes(range=[0, 1.15 * max(float(y.max()) for y in lines.values())])
    apart(drawn, 190)
    return Figure(
        title="Loss past token 64, by positions left alone, nats per token",
        caption="At 64, cached keys keep the short factors: little of {accent|the gain} over {c2|plain RoPE} is left.",
        text=(
            f"Leaving the first 4 positions alone changes the loss by"
            f" {metrics['change_by_first_positions_left_alone_nats']:+.4f} nats per token. With the first 64 keys"
            f" {result.controls.cached}, the loss past token 64 is"
            f" {metrics['loss_past_the_trained_length_nats']:.2f}."
        ),
        plot=drawn,
        height=240,
        half=True,
    )
