"""Serves backpropagation-through-time alone: it cuts the gradient of a plain RNN; LSTM paths have other controls."""

from app.experiments.base import Experiment
from app.experiments.recurrence.truncated_gradients.figures import figures
from app.experiments.recurrence.truncated_gradients.run import COMPARED, TruncationControls, measure, run

EXPERIMENT = Experiment(
    TruncationControls,
    run,
    measure,
    figures,
    labels={
        "accuracy": "questions answered rightly, share",
        **{
            f"accuracy_truncated_after_{steps}": f"the same, truncated after {steps} steps, share" for steps in COMPARED
        },
        "asked": "lag that is asked, steps",
        "gradient_at_cue_over_question": "gradient at the cue, divided by that at the question",
        "steps_reached": "steps that the gradient reaches",
        "chance": "chance of naming the right cue",
    },
)
