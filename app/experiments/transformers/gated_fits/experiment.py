"""Plain and gated networks of equally many weights on a smooth function and on one with a corner.

Serves swiglu alone: it trains networks of two inputs; the page on GEGLU changes a trained language model.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.gated_fits.figures import figures
from app.experiments.transformers.gated_fits.run import FitControls, measure, run

EXPERIMENT = Experiment(
    FitControls,
    run,
    measure,
    figures,
    labels={
        "smooth_gated_error": "smooth function: error of the gated network, relative",
        "smooth_relu_error": "smooth function: error of the ReLU network, relative",
        "smooth_gelu_error": "smooth function: error of the GELU network, relative",
        "corner_gated_error": "function with a corner: error of the gated network, relative",
        "corner_relu_error": "function with a corner: error of the ReLU network, relative",
        "corner_gelu_error": "function with a corner: error of the GELU network, relative",
        "smooth_gated_over_relu": "smooth function: error, gated over ReLU",
        "corner_relu_over_gated": "function with a corner: error, ReLU over gated",
        "exchanged_error": "smooth function: error with gate and value exchanged, relative",
        "exchanged_over_trained": "smooth function: error, exchanged over as trained",
        "language_gain_nats": "language model: last loss of GELU minus that of SwiGLU, nats per token",
        "language_gain_spread_nats": "language model: the same, standard deviation over five trainings",
        "language_pairs_higher": "language model: trainings of five in which SwiGLU ends higher",
        "steps_done": "steps of training",
    },
)
