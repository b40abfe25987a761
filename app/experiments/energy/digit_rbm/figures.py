"""The learned weights, free energies of digits and of shuffled digits, and lower halves filled in."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.digit_rbm.run import UPPER, DigitRBMResult
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.image import pictures
from visualizers.theme import ACCENT, INK_3

SIDE, ACROSS = 8, 6
DIGITS = 9
BINS = 30
NAMES = ("digits", "shuffled")


def figures(result: DigitRBMResult, metrics: Measurements) -> Figures:
    return {
        "weights": _weights(result, metrics),
        "energies": _energies(result, metrics),
        "filled": _filled(result, metrics),
    }


def _weights(result: DigitRBMResult, metrics: Measurements) -> Figure:
    shown, hidden = result.progress.shown, result.controls.hidden
    rows = -(-hidden // ACROSS)
    W = torch.stack([one.theta.W.T for one in shown])  # (S, M, 64)
    tiles = torch.full((len(shown), rows * ACROSS, SIDE * SIDE), float("-inf"))
    tiles[:, :hidden] = W
    largest = W.abs().max().clamp_min(1e-6).item()
    return Figure(
        title="What each hidden unit is connected to",
        caption=(
            "A tile is one hidden unit’s weights to the 64 pixels. Where it has the colour of the digits below, the"
            " unit makes ink likelier; where it has that of their ground, less likely. Step back to see strokes appear."
        ),
        text=(
            f"For a held-out digit {metrics['hidden_units_on_percent']:.0f} % of the {hidden} hidden units are on, on"
            f" average. The first two are both on {metrics['both_on_over_product']:.2f} times as often as they would be"
            " if independent."
        ),
        plot=pictures(
            tiles.view(len(shown), rows, ACROSS, SIDE, SIDE).numpy(), rows=[""] * rows, columns=[""] * ACROSS,
            frames=list(map(str, result.progress.shown_steps)), start=len(shown) - 1, low=-largest, high=largest,
        ),
        height=60 + 110 * rows,
        half=True,
        steps="step",
        start=len(shown) - 1,
    )  # fmt: skip


def _energies(result: DigitRBMResult, metrics: Measurements) -> Figure:
    both = {"digits": result.energies.numpy(), "shuffled": result.shuffled_energies.numpy()}
    everything = np.concatenate(list(both.values()))
    edges = np.linspace(everything.min(), everything.max() + 1e-3, BINS + 1)
    shares = {name: torch.from_numpy(100 * np.histogram(F, edges)[0] / len(F)) for name, F in both.items()}
    drawn = curves(
        (edges[:-1] + edges[1:]) / 2, {name: share.numpy() for name, share in shares.items()}, x_title="free energy F",
        room=12, colours={"digits": ACCENT, "shuffled": INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    return Figure(
        title="Held-out digits per range of free energy, %",
        caption=(
            "{trace:digits|Held-out digits} and {trace:shuffled|the same with their pixels shuffled across digits}:"
            " every pixel is black as often in both. Lower is more probable."
        ),
        text=(
            f"In {metrics['digit_below_shuffled_percent']:.0f} % of all pairs the digit lies below the shuffled one."
            f" A held-out digit has an exact log-likelihood of {metrics['log_likelihood_nats']:.1f} nats, against"
            f" {metrics['independent_pixels_nats']:.1f} of independent pixels."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(share, trace=name) for name, share in shares.items()],
    )


def _filled(result: DigitRBMResult, metrics: Measurements) -> Figure:
    own, filled = result.held_out[:DIGITS], result.filled[:DIGITS]
    given = torch.where(UPPER, own, 0.0)
    rows = torch.stack([given, torch.where(UPPER, own, filled), own]).view(3, DIGITS, SIDE, SIDE)
    return Figure(
        title="The lower half, from the upper half",
        caption=(
            "First row: what is given. Second: every lower pixel’s exact chance of being black, summed over all states"
            " of the hidden units. Third: the digit."
        ),
        text=(
            f"Rounded, the chances are wrong at {metrics['wrong_pixels_filled_in_percent']:.0f} % of the lower pixels"
            " of held-out digits."
        ),
        plot=pictures(
            rows.numpy(), rows=["given", "filled in", "digit"], columns=[""] * DIGITS,
            under=[[""] * DIGITS] * 3, low=0.0, high=1.0,
        ),
        height=270,
    )  # fmt: skip
