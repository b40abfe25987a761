"""Serves mc-dropout alone: networks trained with dropout on more and more points."""

from app.experiments.base import Experiment
from app.experiments.other.dropout_bands.figures import figures
from app.experiments.other.dropout_bands.run import SIZES, DropoutBandsControls, measure, run
from app.number_format import number

EXPERIMENT = Experiment(
    DropoutBandsControls,
    run,
    measure,
    figures,
    labels={
        **{f"band_of_{count}_points": f"mean band after learning from {number(count)} points" for count in SIZES},
        **{f"exact_band_of_{count}_points": f"exact band of the last layer, {number(count)} points" for count in SIZES},
        "band_kept_of_20_percent": "band at 1 280 points, in % of that at 20",
        "exact_band_shrinks": "exact band at 20 points over that at 1 280",
        "band_over_exact_at_1280": "band over the exact one at 1 280 points",
        "band_over_exact": "band over the exact one at the points shown",
        "truth_in_band_percent": "inputs at which the band holds the true curve, %",
        "error_of_mean_curve": "error of the mean curve, root mean square",
        "chance_left_in_band_percent": "spread between bands of T passes, % of the band",
    },
)
