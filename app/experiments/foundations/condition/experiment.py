"""Serves conditional-probability alone: it counts a condition's effect in texts; next_word shows one prediction."""

from app.experiments.base import Experiment
from app.experiments.foundations.condition.figures import figures
from app.experiments.foundations.condition.run import ConditionControls, measure, run

EXPERIMENT = Experiment(
    ConditionControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "distance_from_conditional": "model from the counted conditional, total variation distance, mean of all people",
        "distance_from_marginal": "model from the counted marginal, total variation distance, mean of all people",
        "sailors_share": "sailors, share of all",
        "sailors_of_the_coast_share": "sailors, share of the people from the coast",
        "sailors_of_the_hills_share": "sailors, share of the people from the hills",
        "model_sailors_of_the_coast": "model: probability of “sailor” given the coast",
        "model_sailors_of_the_hills": "model: probability of “sailor” given the hills",
        "coast_of_the_sailors_share": "people from the coast, share of the sailors",
        "model_coast_of_the_sailors": "model, by Bayes’ rule: probability of the coast given a sailor",
        "reverse_error": "difference of these two",
    },
)
