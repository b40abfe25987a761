"""Random queries and keys of growing width: how far scores spread, and what is left of the softmax and its gradient."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Measurements
from models.attention.dot_product import attention_scores, attention_weights, mix
from models.layers.softmax import entropy
from models.seeding import normal
from visualizers.curve import curves, mark_x
from visualizers.distribution import grouped_bars
from visualizers.theme import SERIES

HEADS, QUERIES, PROBE = 64, 8, 0.5  # PROBE: cosine of the query and the key that matches it
WIDTHS = (1, 4, 16, 64, 128, 256, 512)
DIVISORS = {"sqrt": lambda width: math.sqrt(width), "nothing": lambda width: 1.0, "d_k": lambda width: float(width)}
SAID = {"sqrt": "divided by √d_k", "nothing": "undivided", "d_k": "divided by d_k"}


class ScoreControls(Controls):
    width: Literal[1, 4, 16, 64, 128, 256, 512] = Field(64, title="Head width d_k")
    divide_by: Literal["sqrt", "nothing", "d_k"] = Field("sqrt", title="Divide scores by", description="sqrt is √d_k")
    keys: int = Field(16, ge=2, le=32, title="Keys")
    match: float = Field(
        0, ge=0, le=1, multiple_of=0.05, title="One key agrees", description="Cosine of the query and one of its keys", json_schema_extra=MORE
    )  # fmt: skip


class Spread(NamedTuple):
    """What one way of dividing does at every width."""

    variance: Tensor  # (widths,)
    entropy: Tensor  # (widths,) mean over the queries, in nats
    gradient: Tensor  # (widths,) median over the queries of the norm behind the softmax
    match: Tensor  # (widths,) mean score of a key at cosine PROBE to its query
    weights: Tensor  # (S,) of the query on screen at the chosen width, best key first


class ScoreResult(NamedTuple):
    controls: ScoreControls
    chosen: Spread
    undivided: Spread
    order: Tensor  # (S,) key at each place of ``weights``
    difference_from_torch: Tensor


def agreeing(q: Tensor, k: Tensor, cosine: float) -> Tensor:
    """The keys turned until their expected cosine with the queries is ``cosine``; their variance stays one."""
    return cosine * q + math.sqrt(1 - cosine**2) * k


def spread(
    q: Tensor, k: Tensor, probes: Tensor, upstream: Tensor, order: Tensor, controls: ScoreControls, divide_by: str
) -> Spread:
    rows = []
    for width in WIDTHS:
        # attention_scores divides by √d_k; the other forms undo that and divide as they say.
        redo = math.sqrt(width) / DIVISORS[divide_by](width)
        scores = (attention_scores(q[..., :width], k[..., :width]) * redo).requires_grad_()  # (H, T, S)
        weights = attention_weights(scores)
        (gradient,) = torch.autograd.grad((weights * upstream).sum(), scores)
        matched = attention_scores(q[:, :, None, :width], probes[:, :, None, :width]) * redo
        rows.append((scores.var(), entropy(weights).mean(), gradient.norm(dim=-1).median(), matched.mean()))
        if width == controls.width:
            shown = weights[0, 0][order]
    variance, nats, passed, matched = (torch.stack(column) for column in zip(*rows, strict=True))
    return Spread(variance, nats, passed, matched, shown)


def run(controls: ScoreControls, device: str) -> ScoreResult:
    widest, seed = WIDTHS[-1], 10 * controls.seed
    q = normal(HEADS, QUERIES, widest, seed=seed).to(device)
    k = normal(HEADS, controls.keys, widest, seed=seed + 1).to(device)
    k[0, 0] = agreeing(q[0, 0], k[0, 0], controls.match)
    probes = agreeing(q, normal(HEADS, QUERIES, widest, seed=seed + 2).to(device), PROBE)
    upstream = normal(HEADS, QUERIES, controls.keys, seed=seed + 3).to(device)
    narrow_q, narrow_k = q[..., : controls.width], k[..., : controls.width]
    order = (narrow_q[0, 0] @ narrow_k[0].T).argsort(descending=True)
    chosen = spread(q, k, probes, upstream, order, controls, controls.divide_by)
    undivided = spread(q, k, probes, upstream, order, controls, "nothing")
    v = normal(HEADS, controls.keys, controls.width, seed=seed + 4).to(device)
    redo = math.sqrt(controls.width) / DIVISORS[controls.divide_by](controls.width)
    ours = mix(attention_weights(attention_scores(narrow_q, narrow_k) * redo), v)
    theirs = scaled_dot_product_attention(narrow_q, narrow_k, v)
    return ScoreResult(controls, chosen, undivided, order, (ours - theirs).abs().max())


def exponent(values: Tensor) -> float:
    """The slope on doubly logarithmic paper: values ∝ width to this power."""
    x = torch.tensor(WIDTHS).log()
    return float(((x - x.mean()) * values.log()).sum() / (x - x.mean()).square().sum())


def measure(result: ScoreResult) -> Measurements:
    at = WIDTHS.index(result.controls.width)
    chosen, undivided = result.chosen, result.undivided
    return {
        "raw_score_variance": undivided.variance[at].item(),
        "score_variance": chosen.variance[at].item(),
        "variance_exponent": exponent(chosen.variance),
        "match_exponent": exponent(chosen.match),
        "raw_mean_entropy_nats": undivided.entropy[at].item(),
        "mean_entropy_nats": chosen.entropy[at].item(),
        "raw_median_gradient": undivided.gradient[at].item(),
        "median_gradient": chosen.gradient[at].item(),
        "gradient_of_widest_over_narrowest": (chosen.gradient[-1] / chosen.gradient[0]).item(),
        "largest_weight": chosen.weights.max().item(),
        "difference_from_torch": result.difference_from_torch.item(),
    }


def draw(result: ScoreResult) -> Figures:
    numbers, controls = measure(result), result.controls
    said = SAID[controls.divide_by]
    chosen, undivided = result.chosen, result.undivided
    shown = {"undivided": undivided, said: chosen}  # one line where nothing is divided
    colours = {"undivided": SERIES[1], "divided by √d_k": SERIES[0], "divided by d_k": SERIES[0]}
    names = [f"k{key + 1}" if key or not controls.match else "match" for key in result.order.tolist()]

    def against_width(of: str) -> Figure:
        lines = {name.replace("divided by", "÷"): getattr(spread, of).numpy() for name, spread in shown.items()}
        drawn = curves(
            WIDTHS, lines, x_title="head width d_k", x_log=True, y_log=True, markers=True,
            colours={name.replace("divided by", "÷"): colour for name, colour in colours.items()}, room=72,
        )  # fmt: skip
        drawn.update_xaxes(tickmode="array", tickvals=WIDTHS, ticktext=[str(w) if w != 128 else "" for w in WIDTHS])
        return mark_x(drawn, controls.width, "")

    return {
        "weights": Figure(
            title=f"How one query shares its attention, d_k = {controls.width}",
            caption=f"The same query and keys, best key first. {{c2|Undivided}} scores and {{c1|{said}}}.",
            text=(
                f"At d_k = {controls.width} the best key takes {undivided.weights.max():.1%} of the attention if scores are"
                f" left alone and {chosen.weights.max():.1%} if they are {said}; mean entropy"
                f" {numbers['raw_mean_entropy_nats']:.3g} and {numbers['mean_entropy_nats']:.3g} of"
                f" {math.log(controls.keys):.3g} nats. Torch's own scaled_dot_product_attention differs from this run by"
                f" {numbers['difference_from_torch']:.2g}."
            ),
            plot=grouped_bars(
                {name: spread.weights.numpy() for name, spread in (("divided", chosen), ("undivided", undivided))},
                labels=names,
                x_title="key",
            ),
            height=220,
        ),
        "variance": Figure(
            title="Variance of a score",
            caption="Each score adds d_k random products, so {c2|undivided} variance is d_k itself.",
            text=(
                f"At d_k = {controls.width} the variance is {numbers['raw_score_variance']:.3g} undivided and"
                f" {numbers['score_variance']:.3g} {said}."
            ),
            plot=against_width("variance"),
            height=240,
            half=True,
        ),
        "gradient": Figure(
            title="Gradient behind the softmax",
            caption="Norm that reaches the scores, median over 512 queries, for one random gradient from above.",
            text=(
                f"At d_k = {controls.width} the typical query gets {numbers['raw_median_gradient']:.2g} undivided and"
                f" {numbers['median_gradient']:.2g} {said}; at d_k = {WIDTHS[-1]} it is {undivided.gradient[-1]:.2g} and"
                f" {chosen.gradient[-1]:.2g}."
            ),
            plot=against_width("gradient"),
            height=240,
            half=True,
        ),
    }


EXPERIMENT = Experiment("scaled-scores", ScoreControls, run, measure, draw, badge="simulation")
