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
        "mean_modes_covered": "modes covered, mean of 5 games",
        "fewest_modes_covered": "modes covered in the worst of the games",
        "most_modes_covered": "modes covered in the best of the games",
        "modes_covered": "modes covered in the game shown",
        "points_at_a_mode_percent": "generated points within three deviations of a mode, %",
        "mean_d_of_real_points": "mean D of real points",
        "mean_d_of_generated_points": "mean D of generated points",
        "error_of_frozen_discriminator": "mean distance of D to p/(p + q)",
        "error_at_equal_densities": "mean distance of D to ½ where both densities are equal",
        "mean_d_at_equal_densities": "mean D where both densities are equal",
        "gradient_of_non_saturating_loss": "gradient of the non-saturating loss",
        "gradient_of_saturating_loss": "gradient of the saturating loss",
        "ratio_of_gradients": "non-saturating over saturating gradient",
        "discriminator_ahead_steps": "steps that the discriminator was trained ahead",
    },
)
