"""Loss and accuracy by step, whether probabilities are honest where labels are random, and H(p, q) as a sum."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.digit_loss.run import DigitLossResult
from app.experiments.foundations.distributions import LETTERS
from app.provenance.origin import Plotted, computed
from models.probability.information import cross_entropy, entropy, kl_divergence
from visualizers.curve import apart, curves
from visualizers.strips import Strip, strips
from visualizers.sums import distributions_and_sum
from visualizers.theme import ACCENT, SERIES

CLEAN, RANDOM = "true labels", "partly random labels"
LOSS, ACCURACY = "training loss", "held-out accuracy"
GIVEN, AGREES = "probability", "share right"
HEIGHT, EDGES = 300, 50  # of the second figure, and what its axis and margins take


def figures(result: DigitLossResult, metrics: Measurements) -> Figures:
    return {
        "training": _training(result, metrics),
        "honest": _honest(result, metrics),
        "sum": _sum(result, metrics),
    }


def _series(result: DigitLossResult, of: str, network: int) -> np.ndarray:
    return np.array([getattr(snapshot, of)[network].item() for snapshot in result.progress.snapshots])


def _training(result: DigitLossResult, metrics: Measurements) -> Figure:
    steps = np.array(result.progress.taken)

    def lines(of: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {name: (steps, _series(result, of, network)) for network, name in enumerate((CLEAN, RANDOM))}

    high = 1.08 * max(y.max() for _, y in lines("training_loss").values())
    share = result.controls.random_labels
    return Figure(
        title="A digit network learns",
        caption=(
            f"{{trace:{CLEAN}, {LOSS}|All labels true}}, and {{trace:{RANDOM}, {LOSS}|{share:.0%} of them random}}."
            " A random label cannot be predicted from its digit, so the loss stays higher in these steps."
        ),
        text=(
            f"With true labels the training loss ends at {metrics['training_loss']:.3f} and"
            f" {metrics['held_out_accuracy_share']:.1%} of held-out digits are right. With {share:.0%} random labels it"
            f" ends at {metrics['noisy_training_loss']:.3f}, and {metrics['noisy_held_out_accuracy_share']:.1%}"
            " are right."
        ),
        plot=strips(
            [
                Strip(LOSS, lines("training_loss"), y_range=(0, high), colours=(ACCENT, SERIES[1]), dots=False),
                Strip(ACCURACY, lines("held_out_accuracy"), y_range=(0, 1.03), colours=(ACCENT, SERIES[1]), dots=False),
            ],
            x_title="step",
            marks={},
        ),
        height=400,
    )


def _honest(result: DigitLossResult, metrics: Measurements) -> Figure:
    share = result.controls.random_labels
    plot = curves(
        np.array(result.progress.taken),
        {GIVEN: _series(result, "confidence", 1), AGREES: _series(result, "agreement", 1)},
        x_title="step",
        y_range=(0, 1.03),
        colours={GIVEN: SERIES[1], AGREES: SERIES[2]},
        room=84,
    )
    return Figure(
        title=f"Are its probabilities honest? {share:.0%} random labels",
        caption=(
            f"{{trace:{GIVEN}|Mean probability}} that the network gives its answer, and the {{trace:{AGREES}|share}} of"
            " equally random held-out labels that agree. Honest means equal."
        ),
        text=(
            f"At the end the network gives its answers a probability of {metrics['noisy_confidence']:.1%} on average;"
            f" {metrics['noisy_agreement_share']:.1%} of equally random labels agree with its answers."
        ),
        plot=apart(plot, HEIGHT - EDGES).update_xaxes(range=[0, result.controls.steps]),
        height=HEIGHT,
        half=True,
    )


def _sum(result: DigitLossResult, metrics: Measurements) -> Figure:
    p, q = result.p, result.q
    own, added, total = (
        computed(entropy, p=p), computed(kl_divergence, p=p, q=q), computed(cross_entropy, p=p, q=q)
    )  # fmt: skip
    shown = f"{metrics['cross_entropy_nats']:.3f} nats" if np.isfinite(metrics["kl_nats"]) else "infinite"
    return Figure(
        title="Cross-entropy of two typed distributions",
        caption=(
            "{trace:p|What happens} and {trace:q|what is predicted}. {trace:H(p)|H(p)} is there whatever is predicted;"
            " {trace:KL(p‖q)|KL(p‖q)} is what the wrong prediction adds."
        ),
        text=(
            f"The cross-entropy is {shown}: the entropy of p, {metrics['entropy_nats']:.3f}, plus"
            f" {metrics['kl_nats']:.3f} for the wrong prediction."
        ),
        plot=distributions_and_sum(
            {"p": p.numpy(), "q": q.numpy()},
            LETTERS[: len(p)],
            {"H(p)": own.tensor.item(), "KL(p‖q)": added.tensor.item()},
            "H(p, q)",
        ),
        height=300,
        half=True,
        sources=[
            Plotted(made, torch.atleast_1d, trace=name)
            for made, name in ((own, "H(p)"), (added, "KL(p‖q)"), (total, "H(p, q)"))
        ],
    )
