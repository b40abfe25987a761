"""Three figures of routing: pose error by iteration, the couplings of one set, and a trained network."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.agreement.run import ITERATIONS, AgreementResult
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.marks import reference_line
from visualizers.matrix import heatmap
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, SERIES, note

STEPS = np.arange(1, ITERATIONS + 1)
ROUTED = "routed"


def figures(result: AgreementResult, metrics: Measurements) -> Figures:
    return {
        "error": _error(result, metrics),
        "couplings": _couplings(result, metrics),
        "trained": _trained(result, metrics),
    }


def _error(result: AgreementResult, metrics: Measurements) -> Figure:
    angles = result.angles.mean(dim=1).numpy()
    top = 1.25 * max(30.0, float(angles.max()))
    drawn = curves(
        STEPS, {ROUTED: angles}, x_title="iterations", y_range=(0, top), markers=True, colours={ROUTED: ACCENT}, room=60
    )
    drawn.update_xaxes(dtick=1)
    drawn.add_shape(reference_line(y=float(angles[0])))
    drawn.add_annotation(
        **note(0.99, float(angles[0]), "plain average of all votes", xref="paper", xanchor="right", yanchor="bottom")
    )
    drawn = mark_x(drawn, result.controls.iterations, "chosen")
    drawn.layout.annotations[-1].update(y=0, yanchor="bottom")
    return Figure(
        title="Angle between the first output and the planted pose, degrees",
        caption=(
            "One iteration is the plain average of all votes. {trace:routed|More iterations} give votes that agree more"
            " weight. Mean of 64 sets."
        ),
        text=(
            f"After {metrics['iterations']:.0f} iterations the output is {metrics['pose_error_degrees']:.1f} degrees"
            f" off the planted pose; the plain average is {metrics['average_error_degrees']:.1f} degrees off."
        ),
        plot=drawn,
        height=280,
    )


def _couplings(result: AgreementResult, metrics: Measurements) -> Figure:
    agrees = result.planted.agrees[0]
    order = torch.argsort(agrees.int(), descending=True, stable=True)
    shown = result.routing.coupling[:, 0]  # (R, I, J)
    count = int(agrees.sum())
    drawn = heatmap(
        shown[:, order, 0].T.numpy(),
        rows=[("agrees" if agrees[i] else "") for i in order.tolist()],
        columns=[str(step) for step in STEPS],
        row_title="capsule below",
        column_title="iteration",
        high=1.0,
    )
    drawn.update_yaxes(
        tickvals=[(count - 1) / 2, (count + len(order) - 1) / 2] if 0 < count < len(order) else [(len(order) - 1) / 2],
        ticktext=["agree", "others"] if 0 < count < len(order) else ["agree" if count else "others"],
        tickangle=-90,
    )
    return Figure(
        title="Coupling to the first capsule above, one set",
        caption="Rows are the 32 capsules below, those that agree on top. Stronger colour: a larger share of the vote.",
        text=(
            f"On average, agreeing capsules send {metrics['coupling_of_agreeing']:.0%} of their output there, others"
            f" {metrics['coupling_of_others']:.0%}; a uniform share is 25%."
            if 0 < count < len(order)
            else f"On average, the 32 capsules send {float(shown[result.at, :, 0].mean()):.0%} of their output there."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(shown, lambda c: c[:, order, 0].T)],
    )


def _trained(result: AgreementResult, metrics: Measurements) -> Figure:
    share = np.array([one.entropy_share for one in result.trained])
    accuracy = np.array([one.accuracy for one in result.trained])
    low = min(0.9, float(accuracy.min()) - 0.02)
    return Figure(
        title="The same routing in a trained network",
        caption="Entropy of the couplings over that of uniform ones, and held-out digits named. Trained with three.",
        text=(
            f"In the trained network the entropy of the couplings is {metrics['trained_entropy_share']:.1%} of that of"
            f" uniform ones, and {metrics['trained_accuracy']:.1%} of the digits are named. A network trained with one"
            f" iteration names {metrics['accuracy_with_one']:.1%}."
        ),
        plot=strips(
            [
                Strip("entropy, share of uniform", {"entropy": (STEPS, share)}, y_range=(0, 1.08), colours=(ACCENT,)),
                Strip(
                    "digits named, share", {"accuracy": (STEPS, accuracy)}, y_range=(low, 1.01), colours=(SERIES[2],)
                ),
            ],
            x_title="iterations",
            marks={"chosen": (result.controls.iterations, "right")},
        ),
        height=320,
        half=True,
    )
