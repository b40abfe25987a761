"""The three figures of a mixture of experts: one layer's tokens falling, all layers as a score, and the weights."""

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.mixture_decoder import EXPERTS
from app.experiments.routing.mixture_of_experts.run import MixtureResult
from app.experiments.routing.sources import at_experts, origins_of, weight_shares
from app.provenance.origin import Drawn
from app.provenance.views import tiled
from models.routing.published_shapes import DEEPSEEK_V2, DEEPSEEK_V3, MIXTRAL_8X7B, MIXTRAL_8X22B, MoEShape
from models.routing.side_by_side import spread
from visualizers.gates_by_layer import LAYER_GAP, gates_by_layer
from visualizers.routing import assignments
from visualizers.share_bars import share_bars

PUBLISHED = (MIXTRAL_8X7B, MIXTRAL_8X22B, DEEPSEEK_V2, DEEPSEEK_V3)


def shown(result: MixtureResult) -> list[MoEShape]:
    """The models whose weights are drawn."""
    return [result.toy, *PUBLISHED]


def figures(result: MixtureResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"falling": _falling(result), "layers": _layers(result, numbers), "weights": _weights(result)}, origins(result)
    )


def _falling(result: MixtureResult) -> Figure:
    layer = result.controls.layer
    chosen, gates = result.chosen[layer], result.gates[layer]
    T, k = chosen.shape
    here = torch.bincount(chosen.flatten(), minlength=EXPERTS)
    pairs = zip(chosen[-1].tolist(), gates[-1].tolist(), strict=True)
    last = ", ".join(f"expert {expert} with gate {gate:.2f}" for expert, gate in pairs)
    return Figure(
        title=f"Layer {layer}: each token falls to {k} of {EXPERTS} experts",
        caption=(
            "One colour an expert. A thick line is a large gate; the bars count assignments, and the dashed line is an"
            " even load."
        ),
        text=(
            f"After {T} tokens expert {int(here.argmax())} of layer {layer} has {int(here.max())} of {T * k}"
            f" assignments; an even share is {T * k / EXPERTS:g}. The last token, “{result.pieces[-1]}”, goes"
            f" to {last}."
        ),
        plot=assignments(result.pieces, chosen.numpy(), gates.numpy(), EXPERTS),
        height=360,
        lines=["y[batch, token] += gates[batch, token, rank, None] * output"] * T,
        steps="token",
        start=T - 1,
    )


def _layers(result: MixtureResult, numbers: Measurements) -> Figure:
    load = result.fresh.load
    layer, expert = divmod(int(load.argmax()), EXPERTS)
    gates = spread(result.gates, result.chosen, EXPERTS).transpose(1, 2)  # (L, E, T)
    return Figure(
        title="Token → expert in every layer, and the load of each expert",
        caption=(
            "Left: a row an expert, a column a token, strong colour is a large gate. Right: each expert’s share of"
            " 1,024 fresh tokens, dashed where all would be even. The layer above has its colours; click the other."
        ),
        text=(
            f"On fresh text the busiest expert (layer {layer}, expert {expert}) gets"
            f" {numbers['busiest_load_over_even']:.2f} times its even share, the idlest"
            f" {numbers['idlest_load_over_even']:.2f}; utilisation entropy is"
            f" {numbers['mean_utilisation_entropy']:.3f} of 1."
        ),
        plot=gates_by_layer(result.pieces, gates.numpy(), load.numpy(), picked=result.controls.layer, sets="layer"),
        height=370,
        steps="token",
        start=len(result.pieces) - 1,
    )


def _weights(result: MixtureResult) -> Figure:
    shapes, everything = shown(result), result.controls.copied == "everything"
    whole = [shape.copied_whole if everything else shape.total for shape in shapes]
    shares = (share.tensor.tolist() for share in weight_shares(shapes, everything))
    seven = MIXTRAL_8X7B
    return Figure(
        title="All weights, and those that one token meets",
        caption=(
            "Each bar is one model’s weights: {accent|met by every token}, {c3|chosen experts}, and the faint rest,"
            " idle for this token. The first is the model above."
        ),
        text=(
            f"{seven.name} holds {seven.total:,} weights, of which a token meets {seven.active:,}; eight whole 7B"
            f" models would hold {seven.copied_whole:,}. The model above holds {result.toy.total:,} and uses"
            f" {result.toy.active:,} a token."
        ),
        plot=share_bars(
            dict(zip(("met by every token", "chosen experts", "idle for this token"), shares)),
            names=[shape.name for shape in shapes],
            ends=[_end(shape, total) for shape, total in zip(shapes, whole, strict=True)],
            faint=["idle for this token"],
        ),
        height=300,
    )


def _end(shape: MoEShape, total: int) -> str:
    return f"{_amount(total)}, of which {_amount(shape.active)} active ({shape.active / total:.0%})"


def _amount(weights: int) -> str:
    """A count of weights in millions or billions."""
    return f"{weights / 1e9:.1f} B" if weights >= 1e9 else f"{weights / 1e6:.2f} M"


def origins(result: MixtureResult) -> list[Drawn]:
    shares = weight_shares(shown(result), result.controls.copied == "everything")
    drawn = [Drawn("weights", shares[trace], trace=trace) for trace in (1, 0, 2)]  # the button asks about the first
    if result.controls.choice == "by lot":
        return drawn
    router = origins_of(result.x, result.weight)

    def sheet(gates: Tensor) -> Tensor:
        return tiled(at_experts(gates, router.logits.tensor).mT[:, None], LAYER_GAP)

    return [Drawn("layers", router.gates(result.controls.k), sheet), *drawn]
