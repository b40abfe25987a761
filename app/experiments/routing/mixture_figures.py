"""The three figures of a mixture of experts: one layer's tokens falling, all layers as a score, and the weights."""

from typing import TYPE_CHECKING

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.origins import weight_shares
from app.experiments.routing.trained import EXPERTS
from models.routing.published_shapes import DEEPSEEK_V2, DEEPSEEK_V3, MIXTRAL_8X7B, MIXTRAL_8X22B, MoEShape
from models.routing.side_by_side import spread
from visualizers.routing import falling, score
from visualizers.share_bars import share_bars

if TYPE_CHECKING:
    from app.experiments.routing.mixture import MixtureResult

PUBLISHED = (MIXTRAL_8X7B, MIXTRAL_8X22B, DEEPSEEK_V2, DEEPSEEK_V3)


def shown(result: "MixtureResult") -> list[MoEShape]:
    """The models whose weights are drawn."""
    return [result.toy, *PUBLISHED]


def draw(result: "MixtureResult", numbers: Measurements) -> Figures:
    return {"falling": _falling(result), "layers": _layers(result, numbers), "weights": _weights(result)}


def _falling(result: "MixtureResult") -> Figure:
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
        plot=falling(result.pieces, chosen.numpy(), gates.numpy(), EXPERTS),
        height=360,
        lines=["y[batch, token] += gates[batch, token, rank, None] * output"] * T,
        steps="token",
        start=T - 1,
    )


def _layers(result: "MixtureResult", numbers: Measurements) -> Figure:
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
        plot=score(result.pieces, gates.numpy(), load.numpy(), picked=result.controls.layer, sets="layer"),
        height=370,
        steps="token",
        start=len(result.pieces) - 1,
    )


def _weights(result: "MixtureResult") -> Figure:
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
