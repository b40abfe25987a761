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
        "trained_pairs_percent": "trained pairs of colour and shape, named rightly, %",
        "new_colour_percent": "colour named rightly, pairs never trained, %",
        "new_shape_percent": "shape named rightly, pairs never trained, %",
        "new_side_percent": "side named rightly, pairs never trained, %",
        "trained_shape_percent": "shape named rightly, trained pairs, %",
        "chance_percent": "chance, one of 40 captions, %",
        "loss_of_its_batches": "loss of new batches put together as in training",
        "right_colour_percent": "right caption over the same one in another colour, % of the pictures shown",
        "gradient_error": "batch split over 4 workers: error of the gradient, over its length",
        "gradient_length": "batch split over 4 workers: length of the gradient, over that of the whole batch's",
        "gradient_cosine": "batch split over 4 workers: cosine with the gradient of the whole batch",
        "gradient_cosine_at_start": "the same cosine before any training",
        "highest_cosine": "cosine of your caption with its best picture",
        "best_picture": "number of the best picture, from 1 to 40",
        "partner_cosine": "cosine of a picture and its caption",
        "other_cosine": "cosine of a picture and another caption",
    },
)
