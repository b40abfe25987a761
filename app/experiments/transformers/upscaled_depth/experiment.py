"""Serves depth-upscaling alone: it changes how deep a trained model is, where depth-vs-width trains each shape anew."""

from app.experiments.base import Experiment
from app.experiments.transformers.upscaled_depth.figures import figures
from app.experiments.transformers.upscaled_depth.run import UpscalingControls, measure, run

EXPERIMENT = Experiment(
    UpscalingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "source_loss_nats": "loss of the source, nats per token",
        "rise_nats": "loss at once above that of the source, nats per token",
        "overlapping_over_appended_nats": "overlapping copies above first layers at the end, nats per token",
        "lowest_layout": "layout of lowest loss at once",
        "left_out_rise_nats": "rise of the loss without the two layers, nats per token",
        "continued_loss_nats": "overlapping copies after 120 steps, nats per token",
        "continued_source_loss_nats": "source not grown, after 120 steps, nats per token",
        "above_source_nats": "overlapping copies above the source, both after 120 steps, nats per token",
        "scratch_loss_nats": "six layers from scratch, nats per token",
        "has_continued": "whether the source was trained on, 1 or 0",
        "published_source_loss_nats": "published source: loss, nats per token",
        "published_rise_nats": "published source: loss at once above it, nats per token",
        "published_lowest_layout": "published source: layout of lowest loss at once",
        "added_parameters_share": "weights added, share of the source",
    },
)
