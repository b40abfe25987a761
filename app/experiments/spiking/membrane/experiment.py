"""Serves leaky-integrate-and-fire alone: its controls are those of a single neuron without weights."""

from app.experiments.base import Experiment
from app.experiments.spiking.membrane.figures import figures
from app.experiments.spiking.membrane.run import STEPS, MembraneControls, measure, run

EXPERIMENT = Experiment(
    MembraneControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "spikes": "spikes in 200 ms",
        "rate_per_second": "spikes per second, from the first to the last",
        "formula_per_second": "spikes per second by the formula",
        "gap": "mean gap to the formula, share",
        "gap_at_finest_step": f"mean gap at a step of {STEPS[0]:g} ms, share",
        "gap_at_coarsest_step": f"mean gap at a step of {STEPS[-1]:g} ms, share",
        "gap_finest_over_coarsest": f"mean gap at {STEPS[0]:g} ms over that at {STEPS[-1]:g} ms",
        "gap_over_soft_reset": "mean gap over that of subtracting the threshold",
        "highest_voltage": "highest voltage",
    },
)
