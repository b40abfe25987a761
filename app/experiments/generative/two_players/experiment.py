"""Serves gan alone: two players and a discriminator of probabilities; wasserstein-gan has a critic of slopes."""

from app.experiments.base import Experiment
from app.experiments.generative.two_players.figures import figures
from app.experiments.generative.two_players.run import TwoPlayersControls, measure, run

EXPERIMENT = Experiment(
    TwoPlayersControls,
    run,
    measure,
    figures,
    labels={
        "modes": "modes of the data",
        "modes_covered": "modes covered",
        "modes_missed": "modes missed",
        "points_at_a_mode_percent": "generated points within three deviations of a mode, %",
        "mean_d_of_real_points": "mean D of real points",
        "mean_d_of_generated_points": "mean D of generated points",
        "error_of_frozen_discriminator": "mean distance of D to p/(p + q)",
        "gradient_of_non_saturating_loss": "gradient of the non-saturating loss",
        "gradient_of_saturating_loss": "gradient of the saturating loss",
        "ratio_of_gradients": "non-saturating over saturating gradient",
        "discriminator_ahead_steps": "steps that the discriminator was trained ahead",
    },
)
