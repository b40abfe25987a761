"""Serves unet alone: no other entry names every pixel of a picture."""

from app.experiments.base import Experiment
from app.experiments.vision.scene_unet.figures import figures
from app.experiments.vision.scene_unet.run import SceneUNetControls, measure, run

EXPERIMENT = Experiment(
    SceneUNetControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "edge_error": "with skips: wrong pixels on edges, share",
        "edge_error_without_skips": "without skips: wrong pixels on edges, share",
        "edge_error_over_twin": "wrong pixels on edges, with skips over without",
        "interior_error": "with skips: wrong pixels elsewhere, share",
        "interior_error_without_skips": "without skips: wrong pixels elsewhere, share",
        "confused_share": "with skips: disc taken for square or the reverse, share of the pixels found to be a shape",
        "edge_share": "pixels on edges in the scene shown, share",
        "digit_error": "with skips: squared error of cleaned digits, per pixel",
        "digit_error_without_skips": "without skips: squared error of cleaned digits, per pixel",
        "digit_error_over_twin": "squared error of cleaned digits, with skips over without",
        "digit_noise": "squared error of the noisy digits, per pixel",
    },
)
