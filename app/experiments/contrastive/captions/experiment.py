"""Serves clip alone: no other page of the chapter reads captions."""

from app.experiments.base import Experiment
from app.experiments.contrastive.captions.figures import figures
from app.experiments.contrastive.captions.run import CaptionsControls, measure, run

EXPERIMENT = Experiment(
    CaptionsControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "new_pairs_percent": "pairs of colour and shape never trained, named rightly, %",
        "trained_pairs_percent": "trained pairs, named rightly, %",
        "new_colour_percent": "colour named rightly, pairs never trained, %",
        "new_shape_percent": "shape named rightly, pairs never trained, %",
        "new_side_percent": "side named rightly, pairs never trained, %",
        "trained_shape_percent": "shape named rightly, trained pairs, %",
        "chance_percent": "chance, one of 40 captions, %",
        "loss_of_its_batches": "loss of new batches put together as in training",
        "highest_cosine": "cosine of your caption with its best picture",
        "best_picture": "place of the best picture, of 40",
        "partner_cosine": "cosine of a picture and its caption",
        "other_cosine": "cosine of a picture and another caption",
    },
)
