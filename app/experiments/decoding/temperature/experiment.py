"""Serves temperature alone: it bends the distribution and reads the logits, which the rules that cut do not."""

from app.experiments.base import Experiment
from app.experiments.decoding.temperature.figures import figures
from app.experiments.decoding.temperature.run import TemperatureControls, measure, run

EXPERIMENT = Experiment(
    TemperatureControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "entropy_nats": "entropy of the next token, nats",
        "effective_choices": "choices in a uniform distribution of that entropy",
        "largest_probability": "probability of the likeliest next token",
        "distinct_samples": "different sentences among the samples",
        "prompt_entropy_gain_nats": "entropy of your next token from temperature 0.25 to 2, rise in nats",
        "true_endings_share": "statements that end true, share",
        "false_endings_share": "statements that end false, share",
        "true_endings_at_low_temperature_share": "statements that end true at temperature 0.25, share",
        "true_endings_at_high_temperature_share": "statements that end true at temperature 2, share",
        "true_endings_lost_share": "true endings lost from 0.25 to 2, share",
        "false_endings_when_cold_share": "statements that end false at temperature 0.05, share",
        "smallest_entropy_rise_nats": "smallest rise of the entropy between two temperatures, nats",
        "likeliest_stays_first_share": "distributions whose likeliest token has the largest logit, share",
        "distance_from_greedy_near_0": "largest distance from greedy decoding near 0",
        "distance_from_uniform_near_infinity": "largest distance from the uniform distribution near infinity",
    },
)
