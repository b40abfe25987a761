"""The whole path of a text, the next token, and the one tensor on that path that is opened."""

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.one_pass.opened import opened_part
from app.experiments.transformers.one_pass.run import PassResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.interpretability.state_replaced import lost_share
from models.transformer.one_pass import next_token
from visualizers.next_tokens import next_tokens
from visualizers.token_flow import token_flow

SETS = ("opened", "layer", "position")
"""What a click on a state sets."""


def figures(result: PassResult, metrics: Measurements) -> Figures:
    return {"path": _path(result, metrics), "next": _next(result, metrics), "opened": opened_part(result)}


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
