"""What other gates do to the predictions, the gates' curves, and decoders trained with one gate or the other."""

import numpy as np
import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.gate_exchange.run import BY, FUNCTIONS, SHORT, GateResult
from app.experiments.transformers.recorded_arms import above, losses, weights
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.layers.swiglu import swish
from models.transformer.exchanged_gate import gated
from visualizers.curve import apart, curves
from visualizers.horizontal_bars import horizontal_bars

FIRST = 300
"""Steps of the decoders trained anew before which losses fall too fast for differences to be seen."""


def figures(result: GateResult, metrics: Measurements) -> Figures:
    return {
        "divergence": _divergence(result, metrics),
        "curves": _curves(result, metrics),
        "trained": _trained(metrics),
    }


def _short(value: float) -> str:
    return number(float(f"{value:.2g}"))


def _name(arm: tuple[str, str]) -> str:
    return f"{arm[0]}, {SHORT[arm[1]]}"


def _divergence(result: GateResult, metrics: Measurements) -> Figure:
    values = torch.tensor([one.divergence for one in result.arms.values()])
    longest = float(values.max())
    plot = horizontal_bars(
        values.numpy(), labels=[_name(arm) for arm in result.arms], picked=_name(result.chosen), left=190,
        x_title="nats per token",
    ).update_xaxes(range=[0, 1.2 * longest], nticks=4, tickangle=0)  # fmt: skip
    for note, value in zip(plot.layout.annotations, values.tolist(), strict=True):
        note.text = _short(value)
    return Figure(
        title="How far predictions move from the trained model’s",
        caption=(
            "KL divergence in nats per token, on held-out text. Nothing is trained again. {accent|The change chosen}."
        ),
        text=(
            f"“{_name(result.chosen)}” moves predictions by {_short(metrics['divergence_nats'])} nats per token, GELU"
            f" without rescaling by {_short(metrics['raw_gelu_divergence_nats'])}. The loss,"
            f" {metrics['loss_as_trained_nats']:.2f} as trained, rises by {_short(metrics['loss_rise_nats'])}."
        ),
        plot=plot,
        height=90 + 32 * len(values),
        sources=[Plotted(values, trace="values")],
    )


def _curves(result: GateResult, metrics: Measurements) -> Figure:
    z, (gate, rescaled) = result.z, result.chosen
    ones = torch.ones_like(z)
    plain = computed(gated, gate=z, value=ones, function=FUNCTIONS[gate])
    scaled = computed(gated, gate=z, value=ones, function=FUNCTIONS[gate], a=BY[rescaled])
    made = {"Swish": computed(swish, x=z), gate: plain}
    if rescaled != "not rescaled":
        made["rescaled" if SHORT[rescaled] == "rescaled" else "wrong way"] = scaled
    lines = {name: one.tensor.numpy() for name, one in made.items()}
    return Figure(
        title="The gate’s function",
        caption="{trace:Swish|Swish, as trained}, and what stands in its place, for a value of 1.",
        text=f"Between −6 and 6, the function chosen is at most {metrics['largest_gap']:.2g} away from Swish.",
        plot=_spread(curves(z.numpy(), lines, x_title="z, the gate before its function", room=70), z),
        height=260,
        half=True,
        sources=[Plotted(one, trace=name) for name, one in made.items()],
    )


def _trained(metrics: Measurements) -> Figure:
    plot, sources = above(("swiglu", "geglu"), "swiglu", FIRST, 180)
    gain, spread = metrics["trained_gain_nats"], metrics["trained_gain_spread_nats"]
    return Figure(
        title="Trained anew: loss minus SwiGLU’s mean, nats per token",
        caption=(
            f"Recorded. Smaller decoders, {number(weights('geglu'))} weights each, with either gate. Line: mean of five"
            " trainings. Band: all five."
        ),
        text=(
            f"Trained anew, GEGLU ends at {losses('geglu')[:, -1].mean():.3f} nats per token, {abs(gain):.3f}"
            f" {'lower' if gain > 0 else 'higher'} than SwiGLU. The standard deviation over five pairs of"
            f" trainings is {spread:.3f}."
        ),
        plot=plot,
        height=260,
        half=True,
        sources=sources,
    )


def _spread(plot: go.Figure, z: Tensor) -> go.Figure:
    """The axis ends with the curves, and end labels that would touch are moved apart."""
    drawn = np.concatenate([np.asarray(trace.y) for trace in plot.data])
    margin = 0.06 * max(float(np.ptp(drawn)), 1e-9)
    plot.update_xaxes(range=[float(z[0]), float(z[-1])])
    plot.update_yaxes(range=[float(drawn.min()) - margin, float(drawn.max()) + 3 * margin])
    return apart(plot, pixels=200)
