"""Serves wavenet alone: the page on its gated activation needs labels and tones."""

from app.experiments.base import Experiment
from app.experiments.recurrence.wavenet.figures import figures
from app.experiments.recurrence.wavenet.run import PatternControls, measure, run

EXPERIMENT = Experiment(
    PatternControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_nats": "loss on held-out patterns, nats per sample",
        "chance_loss_nats": "loss by chance, nats per sample",
        "generated_right_share": "generated samples that continue the pattern, share",
        "influence_one_period_back_share": "gradient from the sample one period back, share",
        "influence_40_back_share": "gradient from the sample 40 back, share",
        "reach_samples": "reach by the gradient, samples",
        "receptive_field_samples": "receptive field by the formula, samples",
    },
)
