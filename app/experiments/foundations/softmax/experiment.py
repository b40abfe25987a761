"""Serves softmax alone: no other entry turns bare logits into probabilities and asks where the arithmetic ends."""

from app.experiments.base import Experiment
from app.experiments.foundations.softmax.figures import figures
from app.experiments.foundations.softmax.run import SoftmaxControls, measure, run

EXPERIMENT = Experiment(
    SoftmaxControls,
    run,
    measure,
    figures,
    labels={
        "sum_of_probabilities": "sum of the probabilities",
        "largest_change_by_shift": "largest change of a probability by the shift",
        "rows_in_order_share": "random rows whose order is kept, share",
        "strongest_effect_on_itself": "strongest effect of a logit on its own probability, per unit",
        "strongest_effect_on_another": "strongest effect of a logit on another probability, per unit",
        "jacobian_formula_error": "largest difference of autograd and formula",
        "largest_shift_of_the_naive_form": "largest shift that the naive form survives",
        "shift": "added to every logit",
    },
)
