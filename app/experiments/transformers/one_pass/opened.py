"""The one tensor on the path of a text that is opened."""

from typing import Any

import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure
from app.experiments.transformers.one_pass.run import NEEDED, PassResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU, swiglu
from models.position.rope import RoPE
from models.transformer.block_wiring import UpdateAlone
from models.transformer.one_pass import add, between, embed, logits
from visualizers.matrix import heatmap, write_cells
from visualizers.tokens import token_size

FEATURES = 48
"""Of a wide tensor, the features of largest magnitude that are drawn."""
CANDIDATES = 12

ENTRIES = {
    "tokens": "token-id",
    "embedding": "embedding-layer",
    "attention": "causal-self-attention",
    "MLP": "position-wise-mlp",
    "stream": "residual-connection",
    "logits": "softmax-head",
}
"""The page of each part that can be opened."""


def opened_part(result: PassResult) -> Figure:
    """The tensor that the controls name, with the page that explains it."""
    opened = {
        "tokens": _tokens, "embedding": _embedding, "attention": _attention, "MLP": _neurons, "stream": _stream,
        "logits": _logits,
    }[result.controls.opened]  # fmt: skip
    return opened(result)


def _entry(result: PassResult, words: str) -> str:
    return f"{{entry:{ENTRIES[result.controls.opened]}|{words}}}"


def _features(result: PassResult, tensor: Tensor | Computed, title: str, caption: str, one: str) -> Figure:
    """A tensor (1, T, F) as rows of its strongest features; ``tensor`` alone where its making is not traced."""
    x = tensor.tensor if isinstance(tensor, Computed) else tensor
    strongest = x[0].abs().amax(dim=0).topk(min(FEATURES, x.shape[-1])).indices.sort().values
    at = result.token
    peak = strongest[x[0, at, strongest].abs().argmax()]
    plot = heatmap(
        x[0][:, strongest].numpy(), rows=result.read.pieces, columns=[str(i) for i in strongest.tolist()],
        column_title=f"{one}: {len(strongest)} of {number(x.shape[-1])}, the strongest", signed=True,
        sets=("position", None),
    )  # fmt: skip
    plot.update_xaxes(tickvals=list(range(0, len(strongest), 6)), ticktext=[str(i) for i in strongest[::6].tolist()])
    return _opened_figure(
        result, title, caption,
        f"The strongest {one} of “{result.read.pieces[at]}” is number {peak}, with {x[0, at, peak]:.3g}.",
        plot, [Plotted(tensor, lambda x: x[0][:, strongest])] if isinstance(tensor, Computed) else [],
    )  # fmt: skip


def _opened_figure(
    result: PassResult, title: str, caption: str, text: str, plot: go.Figure, sources: list[Plotted]
) -> Figure:
    plot.update_yaxes(tickfont={"size": token_size(len(result.read.pieces))})
    return Figure(title=title, caption=caption, text=text, plot=plot, height=300, half=True, sources=sources)


def _tokens(result: PassResult) -> Figure:
    ids, pieces, at = result.read.ids[0], result.read.pieces, result.token
    plot = heatmap(
        ids[:, None].float().numpy(), rows=pieces, columns=["token id"], low=0.0,
        high=float(result.model.config.vocabulary), sets=("position", None),
    )  # fmt: skip
    return _opened_figure(
        result, "Opened: the tokens",
        f"The text as numbers: each is a row of the embedding table. See {_entry(result, 'token ids')}.",
        f"“{pieces[at]}” is token {ids[at]} of {number(result.model.config.vocabulary)}.",
        write_cells(plot, [[str(one)] for one in ids.tolist()], size=token_size(len(pieces))),
        [Plotted(ids, lambda ids: ids[:, None])],
    )  # fmt: skip


def _embedding(result: PassResult) -> Figure:
    model, trace = result.model, result.read.trace
    traced = isinstance(model.position, RoPE)
    x = (
        Computed(trace.embedded, embed, {"ids": result.read.ids, "table": model.embedding.weight})
        if traced
        else trace.embedded
    )
    return _features(
        result, x, "Opened: the embeddings",
        f"A row of the {_entry(result, 'embedding table')} per token: the same for equal tokens.", "feature",
    )  # fmt: skip


def _stream(result: PassResult) -> Figure:
    layer, trace = result.controls.layer, result.read.trace
    block = trace.blocks[layer]
    x = between(result.model, trace, layer)
    alone = isinstance(result.model.blocks[layer], UpdateAlone)
    update = block.residual - x
    made: Tensor | Computed = block.residual if alone else Computed(block.residual, add, {"x": x, "update": update})
    return _features(
        result, made, f"Opened: the stream behind block {layer}",
        f"What all sublayers so far have added up to: the {_entry(result, 'residual stream')}.", "feature",
    )  # fmt: skip


def _neurons(result: PassResult) -> Figure:
    layer, trace = result.controls.layer, result.read.trace
    found: Any = result.model.blocks[layer]
    neurons = trace.blocks[layer].feed_forward
    made: Tensor | Computed = getattr(neurons, "neurons", neurons)
    if isinstance(found.feed_forward, SwiGLU) and isinstance(found.feed_forward_norm, RMSNorm):
        x = between(result.model, trace, layer)
        normed = found.feed_forward_norm(x)
        gate, value = found.feed_forward.to_gate(normed), found.feed_forward.to_value(normed)
        made = computed(swiglu, gate=gate, value=value)
    return _features(
        result, made, f"Opened: the MLP of block {layer}",
        f"Its neurons, at each token by itself: a {_entry(result, 'position-wise MLP')}.", "neuron",
    )  # fmt: skip


def _attention(result: PassResult) -> Figure:
    layer, at, read = result.controls.layer, result.token, result.read
    trace = read.trace.blocks[layer].attention
    weights = trace.weights[0, :, at, : at + 1]  # (H, S)
    head, key = _telling(result, weights)
    plot = heatmap(
        weights.numpy(), rows=[f"head {number}" for number in range(len(weights))], columns=read.pieces[: at + 1],
        high=1.0, sets=(None, "position"),
    )  # fmt: skip
    plot.update_xaxes(tickangle=-60)
    return _opened_figure(
        result, f"Opened: the attention of block {layer}",
        f"Rows are heads: what the framed token attends to. Dark is much {_entry(result, 'attention')}.",
        f"Head {head} gives “{read.pieces[key]}” a weight of {weights[head, key]:.2f}.",
        plot, [Plotted(origins_of(trace, read.mask).weights, lambda w: w[0, :, at, : at + 1])],
    )  # fmt: skip


def _telling(result: PassResult, weights: Tensor) -> tuple[int, int]:
    """Head and key of the largest of ``weights`` (H, S): on a needed token before, if there is one, else on any but the
    first, where heads park their weight.
    """
    layer, S = result.controls.layer, weights.shape[1]
    row = result.read.needed[2 * layer, : S - 1] >= NEEDED if not result.controls.published else torch.zeros(S - 1)
    counted = torch.zeros(S, dtype=torch.bool)
    counted[: S - 1] = row.bool()
    if not counted.any():
        counted[min(1, S - 1) :] = True
    head, key = divmod(int(weights.where(counted, -1.0).argmax()), S)
    return head, key


def _logits(result: PassResult) -> Figure:
    read, model = result.read, result.model
    x, z = read.trace.residual[-1], read.logits
    top = z[result.token].topk(CANDIDATES).indices
    names = [result.label(token) for token in top.tolist()]
    made: list[Plotted] = []
    if isinstance(model.norm, RMSNorm):
        table = model.embedding.weight[top]
        scores = computed(logits, x=x, gain=model.norm.weight, table=table, epsilon=model.norm.epsilon)
        made = [Plotted(scores, lambda z: z[0])]
    plot = heatmap(
        z[:, top].numpy(), rows=read.pieces, columns=names, signed=True, sets=("position", None)
    ).update_xaxes(tickangle=-60)  # fmt: skip
    return _opened_figure(
        result, "Opened: the logits",
        f"What every token predicts, in the {_entry(result, 'softmax head')}: the candidates of one of them.",
        f"After “{read.pieces[result.token]}” the largest logit is {z[result.token, top[0]]:.1f}, of “{names[0]}”.",
        plot, made,
    )  # fmt: skip
