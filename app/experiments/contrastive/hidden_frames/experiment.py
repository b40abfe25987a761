"""Serves v-jepa alone: its clips and its hidden frames mean nothing for single images."""

from app.experiments.base import Experiment
from app.experiments.contrastive.hidden_frames.figures import figures
from app.experiments.contrastive.hidden_frames.run import FramesControls, measure, run

EXPERIMENT = Experiment(
    FramesControls,
    run,
    measure,
    figures,
    labels={
        "error_over_copying_percent": "error of the hidden frames’ vectors, % of that of copying",
        "predicted_distance_px": "from the square to where the prediction has it, pixels",
        "stayed_distance_px": "from the square to where it was last seen, pixels",
        "straight_distance_px": "from the square to straight on at its last visible speed, pixels",
        "bounced_distance_px": "prediction off by, where the square has bounced unseen, pixels",
        "bounced_straight_distance_px": "straight on off by, where it has bounced unseen, pixels",
        "unbounced_distance_px": "prediction off by, where it has not bounced unseen, pixels",
        "bounced_over_unbounced": "off by after an unseen bounce, over without one",
        "read_distance_px": "off by, if the whole frame’s own vector is read, pixels",
        "error": "mean error of the hidden frames’ vectors",
        "first_error_percent": "error one frame after the square was last seen, % of the vectors’ variance",
        "last_error_percent": "error three frames after, % of the vectors’ variance",
        "last_copied_percent": "error of copying three frames after, % of the vectors’ variance",
        "growth_in_standard_errors": "error three frames after less that after one, same clips, in standard errors",
    },
)
