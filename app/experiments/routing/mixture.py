"""A typed text through a trained mixture of experts: who gets which token, how even that is, and how few weights it takes."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Measurements, Sentence
from app.experiments.routing.trained import EXPERTS, LAYERS, SENTENCE, TOKENS, Balancing, fresh_text, mixture_decoder, typed
from models.language.evaluation import token_losses
from models.routing.balance import utilisation_entropy
from models.routing.mixture_of_experts import softmax_over_chosen
from models.routing.published_shapes import DEEPSEEK_V2, DEEPSEEK_V3, MIXTRAL_8X7B, MIXTRAL_8X22B, MoEShape
from models.routing.rerouted import drawn_by_lot, rerouted, routings
from models.routing.side_by_side import spread
from models.seeding import generator
from models.transformer.decoder import Decoder
from visualizers.routing import falling, score
from visualizers.share_bars import share_bars

PUBLISHED = (MIXTRAL_8X7B, MIXTRAL_8X22B, DEEPSEEK_V2, DEEPSEEK_V3)
Choice = Literal["learned", "by lot"]


class MixtureControls(Controls):
    sentence: Sentence = Field(SENTENCE, title="Text", description=f"Up to {TOKENS} tokens; the model knows the tiny world")
    layer: int = Field(0, ge=0, le=LAYERS - 1, title="Layer", description="0 is the first; or click a row in the second figure")
    k: int = Field(2, ge=1, le=EXPERTS, title="Experts a token", description="The model was trained with 2")
    balancing: Balancing = Field("on", title="Balancing loss in training")
    choice: Choice = Field("learned", title="Experts chosen", description="By the trained router, or drawn by lot")
    copied: Literal["experts", "everything"] = Field(
        "experts", title="Copied eight times", description="What Mixtral's 8× multiplies", json_schema_extra=MORE
    )


class Served(NamedTuple):
    """What a model does with fresh text."""

    load: Tensor  # (L, E)
    loss_nats: float


class MixtureResult(NamedTuple):
    controls: MixtureControls
    pieces: list[str]
    gates: Tensor  # (L, T, k)
    chosen: Tensor  # (L, T, k)
    fresh: Served
    toy: MoEShape
    notices: list[str]


def decoder(controls: MixtureControls, device: str) -> Decoder:
    """The checkpoint, routed as the controls ask."""
    gate = softmax_over_chosen if controls.choice == "learned" else drawn_by_lot(generator(controls.seed))
    return rerouted(mixture_decoder(controls.balancing, device), controls.k, gate)


@lru_cache(maxsize=32)
def serve(controls: MixtureControls, device: str) -> Served:
    """Routing and loss on fresh text. Only what changes it is set in ``controls``, so that typing does not repeat it."""
    ids = fresh_text(controls.seed).to(device)
    with torch.inference_mode():
        logits, trace = decoder(controls, device)(ids)
        return Served(torch.stack([layer.load for layer in routings(trace)]).cpu(), token_losses(logits, ids).mean().item())


def shape_of(model: Decoder, k: int) -> MoEShape:
    """The toy, counted like the published ones."""
    layer = model.blocks[0].feed_forward
    expert, routers = (sum(p.numel() for p in part.parameters()) for part in (layer.experts[0], layer.router))
    L, E = len(model.blocks), len(layer.experts)
    total = sum(p.numel() for p in model.parameters())
    return MoEShape("This model", total - L * E * expert, expert, E, k, L, L * routers)


@torch.inference_mode()
def run(controls: MixtureControls, device: str) -> MixtureResult:
    text = typed(controls.sentence, device)
    model = decoder(controls, device)
    layers = routings(model(text.ids)[1])
    gates, chosen = (torch.cat([getattr(layer, name)[:, 1:] for layer in layers]) for name in ("gates", "chosen"))
    same_routing = MixtureControls(seed=controls.seed, k=controls.k, balancing=controls.balancing, choice=controls.choice)
    return MixtureResult(
        controls, text.pieces, gates, chosen, serve(same_routing, device), shape_of(model, controls.k), text.notices
    )


def counted(shape: MoEShape, controls: MixtureControls) -> int:
    """All weights, if only the experts are copied or, as a name like 8 × 7B suggests, the whole model."""
    return shape.total if controls.copied == "experts" else shape.copied_whole


def measure(result: MixtureResult) -> Measurements:
    load, toy = result.fresh.load, result.toy
    return {
        "busiest_load_over_even": (load.max() * EXPERTS).item(),
        "idlest_load_over_even": (load.min() * EXPERTS).item(),
        "mean_utilisation_entropy": utilisation_entropy(load).mean().item(),
        "fresh_text_loss_nats": result.fresh.loss_nats,
        "parameters_met_by_a_token": toy.active,
        "active_share": toy.active / toy.total,
        "mixtral_8x7b_billions": counted(MIXTRAL_8X7B, result.controls) / 1e9,
        "mixtral_8x7b_active_billions": MIXTRAL_8X7B.active / 1e9,
        "mixtral_8x22b_billions": counted(MIXTRAL_8X22B, result.controls) / 1e9,
        "mixtral_8x22b_active_billions": MIXTRAL_8X22B.active / 1e9,
    }


def amount(weights: int) -> str:
    """A count of weights in millions or billions."""
    return f"{weights / 1e9:.1f} B" if weights >= 1e9 else f"{weights / 1e6:.2f} M"


def weights(result: MixtureResult) -> Figure:
    shapes = (result.toy, *PUBLISHED)
    whole = [counted(shape, result.controls) for shape in shapes]
    everywhere = [shape.everywhere / total for shape, total in zip(shapes, whole, strict=True)]
    picked = [(shape.active - shape.everywhere) / total for shape, total in zip(shapes, whole, strict=True)]
    parts = {"met by every token": everywhere, "chosen experts": picked}
    parts["idle for this token"] = [1 - a - b for a, b in zip(everywhere, picked, strict=True)]
    seven = MIXTRAL_8X7B
    return Figure(
        title="All weights, and those that one token meets",
        caption=(
            "Each bar is one model’s weights: {accent|met by every token}, {c3|chosen experts}, and the pale rest,"
            " idle for this token. The first is the model above."
        ),
        text=(
            f"{seven.name} holds {counted(seven, result.controls):,} weights, of which a token meets {seven.active:,}; eight whole"
            f" 7B models would hold {seven.copied_whole:,}. The model above holds {result.toy.total:,} and uses"
            f" {result.toy.active:,} a token."
        ),
        plot=share_bars(
            parts,
            names=[shape.name for shape in shapes],
            ends=[
                f"{amount(total)}, of which {amount(shape.active)} active ({shape.active / total:.0%})"
                for shape, total in zip(shapes, whole, strict=True)
            ],
            faint=["idle for this token"],
        ),
        height=300,
    )


def draw(result: MixtureResult) -> Figures:
    controls, load = result.controls, result.fresh.load
    layer, numbers = controls.layer, measure(result)
    _, T, k = result.gates.shape
    chosen, gates = result.chosen[layer].numpy(), result.gates[layer].numpy()
    here = torch.bincount(result.chosen[layer].flatten(), minlength=EXPERTS)
    last = ", ".join(f"expert {e} with gate {g:.2f}" for e, g in zip(chosen[-1], gates[-1], strict=True))
    busiest = divmod(int(load.argmax()), EXPERTS)
    return {
        "falling": Figure(
            title=f"Layer {layer}: each token falls to {k} of {EXPERTS} experts",
            caption="One colour an expert. A thick line is a large gate; the bars count assignments, and the dashed line is an even load.",
            text=(
                f"After {T} tokens expert {int(here.argmax())} of layer {layer} has {int(here.max())} of {T * k} assignments,"
                f" an even share is {T * k / EXPERTS:g}. The last token, “{result.pieces[-1]}”, goes to {last}."
            ),
            plot=falling(result.pieces, chosen, gates, EXPERTS),
            height=360,
            steps="token",
            start=T - 1,
        ),
        "layers": Figure(
            title="Token → expert in every layer, and the load of each expert",
            caption=(
                "Left: a row an expert, a column a token, dark is a large gate. Right: each expert’s share of 1,024 fresh tokens,"
                " dashed where all would be even. The layer above has its colours; click the other."
            ),
            text=(
                f"On fresh text the busiest expert (layer {busiest[0]}, expert {busiest[1]}) gets"
                f" {numbers['busiest_load_over_even']:.2f} times its even share, the idlest {numbers['idlest_load_over_even']:.2f};"
                f" utilisation entropy is {numbers['mean_utilisation_entropy']:.3f} of 1."
            ),
            plot=score(
                result.pieces,
                spread(result.gates, result.chosen, EXPERTS).transpose(1, 2).numpy(),
                load.numpy(),
                picked=layer,
                sets="layer",
            ),
            height=380,
            steps="token",
            start=T - 1,
        ),
        "weights": weights(result),
    }


EXPERIMENT = Experiment(
    "mixture-of-experts", MixtureControls, run, measure, draw, "trained toy", lambda result: result.toy.total, lambda result: result.notices
)
