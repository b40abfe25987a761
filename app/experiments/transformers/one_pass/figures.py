"""The whole path of a text, the next token, and the one tensor on that path that is opened."""

from typing import Any

import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.one_pass.run import NEEDED, PassResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.interpretability.state_replaced import lost_share
from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU, swiglu
from models.position.rope import RoPE
from models.transformer.block_wiring import UpdateAlone
from models.transformer.one_pass import add, between, embed, logits, next_token
from visualizers.matrix import heatmap, write_cells
from visualizers.next_tokens import next_tokens
from visualizers.token_flow import token_flow
from visualizers.tokens import token_size

FEATURES = 48
"""Of a wide tensor, the features of largest magnitude that are drawn."""
CANDIDATES = 12
SETS = ("opened", "layer", "position")
"""What a click on a state sets."""

ENTRIES = {
    "tokens": "token-id",
    "embedding": "embedding-layer",
    "attention": "causal-self-attention",
    "MLP": "position-wise-mlp",
    "stream": "residual-connection",
    "logits": "softmax-head",
}
"""The page of each part that can be opened."""


def figures(result: PassResult, metrics: Measurements) -> Figures:
    return {"path": _path(result, metrics), "next": _next(result, metrics), "opened": _opened(result)}


def _rows(result: PassResult) -> tuple[list[str], list[tuple[str, int]]]:
    """The name of every row of states, and what a click on it opens."""
    steps, published = result.read.steps, result.controls.published
    names, keys = ["embedding"], [("embedding", 0)]
    for step in steps[1:]:
        block, half = (step - 1) // 2, (step - 1) % 2
        names.append(f"block {block}" if published else f"{('attention', 'MLP')[half]} {block}")
        keys.append(("stream" if published else ("attention", "MLP")[half], block))
    return names, keys


def _path(result: PassResult, metrics: Measurements) -> Figure:
    c, read = result.controls, result.read
    names, keys = _rows(result)
    off = [not c.published and (block, kind) in c.parts and row > 0 for row, (kind, block) in enumerate(keys)]
    opened = next(
        (row for row, key in enumerate(keys) if key == (c.opened, c.layer) or key[0] == c.opened == "embedding"), None
    )
    said = result.read.logits[-1].softmax(dim=-1).max().item()
    first, last = _most_needed(result)
    struck = " Struck through: left out." if any(off) or read.hidden is not None else ""
    streams = {} if c.published else {row: ("stream", key[1]) for row, key in enumerate(keys) if key[0] == "MLP"}
    lost = Computed(read.needed, lost_share, {"before": read.replaced.before, "after": read.replaced.after})
    return Figure(
        title="The whole path: where the prediction stands",
        caption=(
            "Columns are tokens; read down. {trace:states|Strong colour}: without this state the prediction loses its"
            " probability. {accent|Lines}: attention between needed states. Circles open the tokens and the stream"
            " between blocks." + struck
        ),
        text=(
            f"After “{read.pieces[-1]}” the model predicts “{result.prediction}” with {said:.1%}. {first} {last}"
        ),
        plot=token_flow(
            read.needed.numpy(), read.weights.numpy(), tokens=read.pieces, rows=names, keys=keys,
            sets=SETS, end=f"next: {result.prediction} {said:.0%} ↓",
            end_key=("logits", c.layer), off=off, hidden=read.hidden,
            picked=None if opened is None else (opened, result.token), token_key=("tokens", c.layer), streams=streams,
        ),
        height=120 + 34 * len(names),
        sources=[Plotted(lost, _with_gaps, trace="states")],
    )  # fmt: skip


def _with_gaps(states: Tensor) -> Tensor:
    """An empty row between every two: (S, T) → (2S − 1, T)."""
    gaps = torch.full_like(states, torch.nan)
    return torch.stack([states, gaps], dim=1).flatten(0, 1)[:-1]


def _most_needed(result: PassResult) -> tuple[str, str]:
    """Which earlier token the prediction needs longest, and from where on only the last one."""
    read = result.read
    names, _ = _rows(result)
    earlier = read.needed[:, :-1]
    held = (earlier >= 0.5).nonzero()
    if not len(held):
        return "No state of an earlier token is needed by itself:", "none takes half of it away."
    row, token = held[-1].tolist()
    return (
        f"Without the state of “{read.pieces[token]}” behind {'the ' * (row == 0)}{names[row]}, that falls by"
        f" {read.needed[row, token]:.0%}.",
        f"Behind {names[row + 1]} no earlier token is needed: none takes half of it away."
        if row + 1 < len(names)
        else "",
    )


def _next(result: PassResult, metrics: Measurements) -> Figure:
    c, z = result.controls, result.read.logits[-1]
    chosen = result.likeliest
    p = computed(next_token, z=z, temperature=c.temperature, k=c.k)
    cut = f", of the {c.k} likeliest" if c.k else ""
    return Figure(
        title=f"The next token at temperature {c.temperature:g}{cut}",
        caption="Click a bar to append its token. {trace:before|Ink lines}: temperature 1, nothing cut.",
        text=(
            f"{number(metrics['kept_tokens'])} tokens may be sampled; the entropy (0: no doubt) is"
            f" {metrics['entropy_nats']:.2f} nats."
            f" At this seed, “{result.sampled}” is sampled."
        ),
        plot=next_tokens(
            result.p[chosen].numpy(), z.softmax(dim=-1)[chosen].numpy(), names=result.names, keys=result.appended,
            sets="sentence",
        ),
        height=300,
        half=True,
        sources=[Plotted(p, lambda p: p[chosen], trace="probability")],
    )  # fmt: skip


def _opened(result: PassResult) -> Figure:
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
