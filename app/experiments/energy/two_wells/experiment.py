"""Serves boltzmann-machine alone: every unit is connected with every other, and all states can be listed."""

from app.experiments.base import Experiment
from app.experiments.energy.two_wells.figures import figures
from app.experiments.energy.two_wells.run import TwoWellsControls, measure, run

EXPERIMENT = Experiment(
    TwoWellsControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "temperature": "temperature",
        "total_variation": "total variation distance of the chains to the exact probabilities",
        "total_variation_of_independent_draws": "the same of as many independent draws",
        "distance_over_baseline": "distance of the chains over that of independent draws",
        "crossings_per_100_sweeps": "passages between the wells, per 100 sweeps of a chain",
        "deepest_after_cooling_percent": "cooled chains that end in the state of lowest energy, %",
        "stayed_in_nearer_well_percent": "cooled chains that end in the well nearer to their start, %",
        "deepest_exactly_percent": "exact probability of the lowest state at T = 0.25, %",
        "deepest_state_exactly_percent": "exact probability of the lowest state at T, %",
        "deepest_state_sampled_percent": "share of sweeps in the lowest state, %",
        "planted_units_in_deepest_state": "units of the lowest state that are as planted",
    },
)
