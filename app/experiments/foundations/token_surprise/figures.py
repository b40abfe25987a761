"""Surprise of each token, averages on texts and on walks of known odds, and the surprise of a coin by its odds."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.token_surprise.run import TEXTS, TOSSES, TokenSurpriseResult, score
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.probability.sequence_surprise import coin_surprise
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT
from visualizers.tokens import token_bars
from visualizers.truth_bars import truth_bars

SURPRISE, MODEL, ENTROPY = "−ln p", "model", "entropy"


def figures(result: TokenSurpriseResult, metrics: Measurements) -> Figures:
    return {
        "tokens": _tokens(result, metrics),
        "average": _average(result, metrics),
        "coin": _coin(result, metrics),
    }


def _tokens(result: TokenSurpriseResult, metrics: Measurements) -> Figure:
    surprise = computed(score(result.controls.scored), z=result.z, ids=result.ids)
    if len(result.pieces):
        worst = int(result.surprise.argmax())
        text = (
            f"The sentence has {metrics['sentence_nats_per_token']:.2f} nats per token. “{result.pieces[worst]}” is the"
            f" greatest surprise, {metrics['largest_surprise_nats']:.2f} nats: one chance"
            f" in {number(round(np.exp(metrics['largest_surprise_nats'])))}."
        )
    else:
        text = "The text is too short: no token has another one before it."
    return Figure(
        title="How surprised is the model by each token?",
        caption=(
            f"{{trace:{SURPRISE}|One bar per token}}: minus the logarithm of its probability before it came."
            " 0 is certain; every 2.3 nats more is ten times less likely."
        ),
        text=text,
        plot=token_bars(result.pieces, {SURPRISE: result.surprise.numpy()}),
        height=330,
        sources=[Plotted(surprise, lambda values: values[0], trace=SURPRISE)] if len(result.pieces) else (),
    )


def _average(result: TokenSurpriseResult, metrics: Measurements) -> Figure:
    names = ("held_out_nats_per_token", "shuffled_nats_per_token", "walk_nats_per_step")
    values = np.array([metrics[name] for name in names])
    return Figure(
        title="Average surprise, nats per token",
        caption=(
            f"{{trace:{MODEL}|Bars}}: {TEXTS} held-out texts, the same words shuffled, and random walks of known odds."
            f" {{trace:{ENTROPY}|Line}}: the entropy of a step, the least that is possible in the long run."
        ),
        text=(
            f"{metrics['lower_than_shuffled_share']:.1%} of the texts score lower than their shuffled words. On walks"
            f" the model has {metrics['walk_nats_per_step']:.3f} nats per step; their entropy is"
            f" {metrics['walk_entropy_nats']:.3f}."
        ),
        plot=truth_bars(
            {MODEL: values}, labels=["held-out texts", "shuffled", "walks"],
            truth=np.array([np.nan, np.nan, metrics["walk_entropy_nats"]]), truth_name=ENTROPY,
            y_range=(0, 1.15 * values.max()),
        ),
        height=300,
        half=True,
    )  # fmt: skip


def _coin(result: TokenSurpriseResult, metrics: Measurements) -> Figure:
    heads, theta = result.controls.heads, result.theta
    curve = computed(coin_surprise, theta=theta, heads=heads, tails=TOSSES - heads)
    shown = torch.where(result.coin.isfinite(), result.coin, torch.nan)
    return Figure(
        title=f"{heads} heads in {TOSSES} tosses: surprise by the assumed probability",
        caption="{accent|Mean surprise} of one who gives heads the probability θ. The best θ is the share of heads.",
        text=(
            f"The smallest mean surprise, {metrics['least_coin_nats']:.3f} nats, is at θ = {metrics['best_theta']:.2f}."
        ),
        plot=mark_x(
            curves(
                theta.numpy(), {"": shown.numpy()}, x_title="θ, assumed probability of heads", y_range=(0, 3),
                colours={"": ACCENT}, room=20,
            ),
            heads / TOSSES, "share of heads",
        ),
        height=300,
        half=True,
        sources=[Plotted(curve, lambda values: torch.where(values.isfinite(), values, torch.nan))],
    )  # fmt: skip
