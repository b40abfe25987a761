"""Facts by depth, the likeliest tokens at each depth of a text, and the depth at which each prediction stands."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.answer_depth.run import DepthResult
from app.provenance.origin import Plotted, computed
from models.layers.rmsnorm import RMSNorm
from models.transformer.one_pass import logits, next_token
from visualizers.curve import apart, curves
from visualizers.depth_bars import depth_bars
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, SERIES, plain


def figures(result: DepthResult, metrics: Measurements) -> Figures:
    drawn = {"lens": _lens(result), "depth": _depth(result, metrics)}
    return drawn if result.facts is None else {"facts": _facts(result, metrics), **drawn}


def _names(result: DepthResult) -> list[str]:
    return ["embedding" if level == 0 else f"block {level - 1}" for level in result.levels]


def _facts(result: DepthResult, metrics: Measurements) -> Figure:
    assert result.facts is not None
    depths = np.arange(result.blocks + 1)
    drawn = curves(
        depths, {"stored": result.facts.stored.numpy(), "stated": result.facts.stated.numpy()},
        x_title="behind", y_range=(-0.03, 1.05), markers=True, room=70,
        colours={"stored": SERIES[1], "stated": ACCENT},
    ).update_xaxes(
        tickmode="array", tickvals=list(depths), ticktext=["embed.", *(f"block {n}" for n in range(result.blocks))]
    )  # fmt: skip
    return Figure(
        title="Share of facts whose answer is first choice, by depth",
        caption=(
            "{accent|Stated} in the text: “Ada lives in Lund . … Ada lives in”. {c2|Stored} in the weights: “Mia has"
            " a”. 64 prompts each."
        ),
        text=(
            f"Behind block 2 the answer is first choice for {metrics['stored_first_share']:.0%} of the stored and"
            f" {metrics['stated_first_share']:.0%} of the stated facts."
        ),
        plot=apart(drawn, 210),
        height=270,
    )


def _lens(result: DepthResult) -> Figure:
    plot = heatmap(
        result.p.numpy(), rows=_names(result), columns=[str(n + 1) for n in range(result.p.shape[1])],
        column_title="likeliest tokens", high=1.0,
    )  # fmt: skip
    cells = [[f"{plain(word[:9])} {p:.0%}" for word, p in zip(row, ps, strict=True)]
             for row, ps in zip(result.words, result.p.tolist(), strict=True)]  # fmt: skip
    return Figure(
        title=f"What is predicted after “{result.pieces[result.typed - 1]}”, read at each depth",
        caption="The last norm and the output matrix, applied early: the logit lens. Strong colour: probable.",
        text=(
            f"Behind {_names(result)[-2]} the likeliest token is “{result.words[-2][0]}” with {result.p[-2, 0]:.0%}; at"
            f" the end it is “{result.words[-1][0]}” with {result.p[-1, 0]:.0%}."
        ),
        plot=write_cells(plot, cells, size=10),
        height=110 + 26 * len(result.levels),
        half=True,
        sources=_made(result),
    )


def _made(result: DepthResult) -> list[Plotted]:
    """Of the tiny world's model, whose vocabulary is small enough to be followed back."""
    model = result.model
    if result.controls.published or not isinstance(model.norm, RMSNorm):
        return []
    x = torch.stack([result.trace.residual[level][0, result.typed - 1] for level in result.levels])  # (levels, D)
    z = computed(logits, x=x, gain=model.norm.weight, table=model.embedding.weight, epsilon=model.norm.epsilon)
    p = computed(next_token, z=z, temperature=1.0, k=0)
    top = p.tensor.topk(result.p.shape[1], dim=-1).indices
    return [Plotted(p, lambda p: p.gather(1, top))]


def _depth(result: DepthResult, metrics: Measurements) -> Figure:
    settled = result.depth[: result.typed].float().mean().item()
    return Figure(
        title="Blocks after which the prediction at each token stands",
        caption="A bar to 4: only the last block decides. {trace:added|Generated} tokens follow the text.",
        text=(
            f"The prediction after the typed text stands after {metrics['settled_blocks']:.0f} of {result.blocks}"
            f" blocks; the mean over the typed tokens is {settled:.1f}."
        ),
        plot=depth_bars(
            result.depth.numpy(), result.pieces, deepest=result.blocks, given=result.typed
        ),
        height=110 + 26 * len(result.levels),
        half=True,
    )  # fmt: skip
