"""How much each pair is slowed, what that costs within the trained length and gains past it, drawn."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.context_extension import COMPARED, beyond, inside
from app.experiments.position.pair_lines import called, colours, loss_by_position, slowed_pairs
from app.experiments.position.rope_scaling.run import ScalingResult, drawn_shape
from models.language.loss_by_length import TRAINED
from visualizers.tradeoff import tradeoff


def figures(result: ScalingResult, metrics: Measurements) -> Figures:
    return {"pairs": _pairs(result, metrics), "length": _length(result, metrics), "trade": _trade(result, metrics)}


def _after(steps: int) -> str:
    return f"after {steps} steps of further training" if steps else "without further training"


def _pairs(result: ScalingResult, metrics: Measurements) -> Figure:
    c = result.controls
    also = ["base · s²"] if c.method == "NTK-aware" else []
    return slowed_pairs(
        list(dict.fromkeys((*COMPARED, *also, c.method))),
        c.method,
        c.stretch,
        drawn_shape(c),
        text=(
            f"In the trained decoder {called(c.method)} divides the speed of the fastest pair"
            f" by {metrics['fastest_pair_slowed_times']:.3g} and that of the slowest by"
            f" {metrics['slowest_pair_slowed_times']:.3g}. {metrics['new_angles_in_slow_pairs']:.0f} of its slow"
            " pairs meet new angles."
        ),
    )


def _length(result: ScalingResult, metrics: Measurements) -> Figure:
    c, steps = result.controls, result.steps[-1]
    now = result.tuned.get(c.method, [result.untuned[c.method]])[-1]
    return loss_by_position(
        result.untuned,
        c.method,
        now,
        c.stretch,
        caption=f"Lines: trained on 64 tokens only. {{accent|Dots}}: {called(c.method)}, {_after(steps)}.",
        text=(
            f"Past token 64 the loss of {called(c.method)}, {_after(steps)}, is"
            f" {metrics['loss_past_the_trained_length_nats']:.2f} nats per token; that of plain RoPE is"
            f" {beyond(result.untuned['none']):.2f}."
        ),
    )


def _trade(result: ScalingResult, metrics: Measurements) -> Figure:
    c, steps = result.controls, result.steps[-1]
    paths = {
        called(method): ([inside(one) for one in losses], [beyond(one) for one in losses])
        for method, loss in result.untuned.items()
        for losses in [result.tuned.get(method, [loss])]
    }
    moved = f"Hollow to filled: {steps} steps of further training." if steps else "Set steps for further training."
    return Figure(
        title="Loss past token 64 against loss before it, nats per token",
        caption=f"A lower point is a gain, one further right a cost. {moved}",
        text=(
            f"With {called(c.method)} the loss moves by {metrics['cost_within_the_trained_length_nats']:+.2f} nats per"
            f" token within {TRAINED} tokens and by {-metrics['gain_past_the_trained_length_nats']:+.2f} past them."
        ),
        plot=tradeoff(paths, x_title="loss within 64 tokens", colours=colours(c.method)),
        height=236,
        half=True,
    )
