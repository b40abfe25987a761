"""The three figures of a mixture of experts: one layer's tokens, all layers with their loads, and the weights."""

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.mixture_of_experts.run import MixtureResult
from app.experiments.routing.sources import at_experts, origins_of, weight_shares
from app.number_format import number
from app.provenance.origin import Plotted
from app.provenance.views import tiled
from models.published.mixtures import DEEPSEEK_V2, DEEPSEEK_V3, MIXTRAL_8X7B, MIXTRAL_8X22B, MixtureCount
from models.routing.side_by_side import spread
from visualizers.gates_by_layer import LAYER_GAP, gates_by_layer
from visualizers.routing import assignments
from visualizers.share_bars import share_bars

PUBLISHED = (MIXTRAL_8X7B, MIXTRAL_8X22B, DEEPSEEK_V2, DEEPSEEK_V3)
PARTS = ("used by every token", "chosen experts", "idle for this token")


def figures(result: MixtureResult, metrics: Measurements) -> Figures:
    return {"falling": _falling(result), "layers": _layers(result, metrics), "weights": _weights(result)}


def _falling(result: MixtureResult) -> Figure:
    layer = result.controls.layer
    chosen, gates = result.chosen[layer], result.gates[layer]
    T, k = chosen.shape
    here = torch.bincount(chosen.flatten(), minlength=EXPERTS)
    pairs = zip(chosen[-1].tolist(), gates[-1].tolist(), strict=True)
    last = ", ".join(f"expert {expert} with gate {gate:.2f}" for expert, gate in pairs)
    return Figure(
        title=f"Layer {layer}: each token is routed to {k} of {EXPERTS} experts",
        caption="One colour per expert. A thick line is a large gate. Bars count assignments; dashed: uniform load.",
        text=(
            f"After {T} tokens expert {int(here.argmax())} has {int(here.max())} of {T * k} assignments; a uniform"
            f" share is {T * k / EXPERTS:g}. The last token, “{result.pieces[-1]}”, goes to {last}."
        ),
        plot=assignments(result.pieces, chosen.numpy(), gates.numpy(), EXPERTS),
        height=360,
        lines=["y[batch, token] += gates[batch, token, rank, None] * output"] * T,
        steps="token",
        start=T - 1,
    )


def _layers(result: MixtureResult, metrics: Measurements) -> Figure:
    load, c = result.held_out.load, result.controls
    layer, expert = divmod(int(load.argmax()), EXPERTS)
    gates = spread(result.gates, result.chosen, EXPERTS).transpose(1, 2)  # (L, E, T)
    router = origins_of(result.x, result.weight)

    def sheet(gates: Tensor) -> Tensor:
        return tiled(at_experts(gates, router.logits.tensor).mT[:, None], LAYER_GAP)

    return Figure(
        title="Gates in every layer, and the load of each expert",
        caption=(
            "Left: rows are experts, columns tokens; strong colour is a large gate. Right: each expert’s share of 1 024"
            " held-out tokens; dashed: uniform. Click a layer."
        ),
        text=(
            f"On held-out text the busiest expert (layer {layer}, expert {expert}) gets"
            f" {metrics['busiest_load_over_uniform']:.2f} times a uniform share, the least used"
            f" {metrics['idlest_load_over_uniform']:.2f} times."
        ),
        plot=gates_by_layer(result.pieces, gates.numpy(), load.numpy(), picked=c.layer, sets="layer"),
        height=370,
        steps="token",
        start=len(result.pieces) - 1,
        sources=[Plotted(router.gates(c.k), sheet, trace="gates")],
    )


def _weights(result: MixtureResult) -> Figure:
    shapes, seven = [result.toy, *PUBLISHED], MIXTRAL_8X7B
    shares = dict(zip(PARTS, weight_shares(shapes)))
    return Figure(
        title="All weights, and those that one token uses",
        caption=(
            "Each bar is one model’s weights: {accent|used by every token}, {c3|chosen experts}, and the faint rest,"
            " idle for this token."
        ),
        text=(
            f"{seven.name} holds {number(seven.total)} weights, of which a token uses {number(seven.active)}. The model"
            f" above holds {number(result.toy.total)} and uses {number(result.toy.active)} per token."
        ),
        plot=share_bars(
            {part: share.tensor.tolist() for part, share in shares.items()},
            names=[shape.name for shape in shapes],
            ends=[_end(shape) for shape in shapes],
            faint=[PARTS[-1]],
        ),
        height=300,
        sources=[Plotted(shares[part], trace=part) for part in (PARTS[1], PARTS[0], PARTS[2])],  # Trace begins here
    )


def _end(shape: MixtureCount) -> str:
    return f"{_amount(shape.total)}, of which {_amount(shape.active)} active ({shape.active / shape.total:.0%})"


def _amount(weights: int) -> str:
    """A count of weights in millions or billions."""
    return f"{weights / 1e9:.1f} B" if weights >= 1e9 else f"{weights / 1e6:.2f} M"
