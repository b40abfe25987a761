"""Random queries and keys of growing width: how far scores spread, and what is left of the softmax and its gradient."""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from app.experiments.base import MORE, Controls, Measurements
from models.attention.dot_product import attention_scores, attention_weights, mix
from models.layers.softmax import entropy
from models.seeding import normal

HEADS, QUERIES, PROBE = 64, 8, 0.5  # PROBE: cosine of the query and the key that matches it
WIDTHS = (1, 4, 16, 64, 128, 256, 512)
DIVISORS: dict[str, Callable[[int], float]] = {
    "√width": math.sqrt,
    "nothing": lambda width: 1.0,
    "nothing, small queries": math.sqrt,  # queries drawn with deviation 1 / √width, as T5 starts
    "width": float,
}


class ScoreControls(Controls):
    width: Literal[1, 4, 16, 64, 128, 256, 512] = Field(64, title="Head width")
    divide_by: Literal["√width", "nothing", "nothing, small queries", "width"] = Field(
        "√width", title="Divide scores by", description="Small queries: drawn with standard deviation 1/√width"
    )
    keys: int = Field(16, ge=2, le=32, title="Keys")
    match: float = Field(
        0,
        ge=0,
        le=1,
        multiple_of=0.05,
        title="Similarity of one key",
        description="Expected cosine of the query on screen and one of its keys",
        json_schema_extra=MORE,
    )


class Spread(NamedTuple):
    """What one way of scaling does at every width."""

    variance: Tensor  # (widths,)
    entropy: Tensor  # (widths,) mean over the queries, in nats
    gradient: Tensor  # (widths,) median over the queries of the norm behind the softmax
    match: Tensor  # (widths,) mean score of a key at cosine PROBE to its query
    weights: Tensor  # (S,) of the query on screen at the chosen width, best key first


class ScoreResult(NamedTuple):
    controls: ScoreControls
    widths: tuple[int, ...]
    chosen: Spread
    unscaled: Spread
    query: Tensor  # (K,) on screen
    keys: Tensor  # (S, K) best first
    order: Tensor  # (S,) key at each place of ``weights``
    difference_from_torch: Tensor


def agreeing(q: Tensor, k: Tensor, cosine: float) -> Tensor:
    """Keys mixed with the queries to an expected cosine of ``cosine``; their variance stays one."""
    return cosine * q + math.sqrt(1 - cosine**2) * k


def scores_of(q: Tensor, k: Tensor, divide_by: str) -> Tensor:
    """Dot products divided as chosen, in place of the model's own division by √width."""
    width = q.shape[-1]
    return attention_scores(q, k) * (math.sqrt(width) / DIVISORS[divide_by](width))


class Vectors(NamedTuple):
    """Random numbers of mean 0 and variance 1; a narrow head uses the first features of each vector."""

    q: Tensor  # (H, T, widest)
    k: Tensor  # (H, S, widest)
    probes: Tensor  # (H, T, widest) a key for each query, at cosine PROBE to it
    upstream: Tensor  # (H, T, S) the gradient that arrives at the weights
    v: Tensor  # (H, S, widest)

    @classmethod
    def drawn(cls, controls: ScoreControls, device: str) -> "Vectors":
        sizes = {"q": (QUERIES, WIDTHS[-1]), "k": (controls.keys, WIDTHS[-1]), "probes": (QUERIES, WIDTHS[-1])}
        sizes |= {"upstream": (QUERIES, controls.keys), "v": (controls.keys, WIDTHS[-1])}
        first = 10 * controls.seed + 5  # puts a typical query on screen
        all_drawn = {
            name: normal(HEADS, *size, seed=first + place).to(device)
            for place, (name, size) in enumerate(sizes.items())
        }
        vectors = cls(**all_drawn)
        vectors.k[0, 0] = agreeing(vectors.q[0, 0], vectors.k[0, 0], controls.match)
        return vectors._replace(probes=agreeing(vectors.q, vectors.probes, PROBE))


def spread(x: Vectors, order: Tensor, shown_width: int, divide_by: str) -> Spread:
    rows = []
    for width in WIDTHS:
        scores = scores_of(x.q[..., :width], x.k[..., :width], divide_by).requires_grad_()  # (H, T, S)
        weights = attention_weights(scores)
        (gradient,) = torch.autograd.grad((weights * x.upstream).sum(), scores)
        matched = scores_of(x.q[:, :, None, :width], x.probes[:, :, None, :width], divide_by)
        rows.append((scores.var(), entropy(weights).mean(), gradient.norm(dim=-1).median(), matched.mean()))
        if width == shown_width:
            shown = weights[0, 0][order]
    variance, nats, passed, matched = (torch.stack(column) for column in zip(*rows, strict=True))
    return Spread(variance, nats, passed, matched, shown)


def run(controls: ScoreControls, device: str) -> ScoreResult:
    x, width = Vectors.drawn(controls, device), controls.width
    q, k, v = (vectors[..., :width] for vectors in (x.q, x.k, x.v))
    order = (q[0, 0] @ k[0].T).argsort(descending=True)
    ours = mix(attention_weights(scores_of(q, k, controls.divide_by)), v)
    return ScoreResult(
        controls,
        WIDTHS,
        spread(x, order, width, controls.divide_by),
        spread(x, order, width, "nothing"),
        q[0, 0],
        k[0][order],
        order,
        (ours - scaled_dot_product_attention(q, k, v)).abs().max(),
    )


def exponent(values: Tensor) -> float:
    """The slope of log(values) over log(width): values ∝ width to this power."""
    x = torch.tensor(WIDTHS).log()
    return float(((x - x.mean()) * values.log()).sum() / (x - x.mean()).square().sum())


def measure(result: ScoreResult) -> Measurements:
    at = WIDTHS.index(result.controls.width)
    chosen, unscaled = result.chosen, result.unscaled
    return {
        "unscaled_score_variance": unscaled.variance[at].item(),
        "score_variance": chosen.variance[at].item(),
        "variance_exponent": exponent(chosen.variance),
        "match_exponent": exponent(chosen.match),
        "unscaled_mean_entropy_nats": unscaled.entropy[at].item(),
        "mean_entropy_nats": chosen.entropy[at].item(),
        "unscaled_median_gradient": unscaled.gradient[at].item(),
        "median_gradient": chosen.gradient[at].item(),
        "gradient_of_widest_over_narrowest": (chosen.gradient[-1] / chosen.gradient[0]).item(),
        "largest_weight": chosen.weights.max().item(),
        "difference_from_torch": result.difference_from_torch.item(),
    }
