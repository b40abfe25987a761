"""Serves hopfield-network alone: one network is watched unit by unit, which hundreds of units would hide."""

from app.experiments.base import Experiment
from app.experiments.energy.hopfield_recall.figures import figures
from app.experiments.energy.hopfield_recall.run import RecallControls, measure, run

EXPERIMENT = Experiment(
    RecallControls,
    run,
    measure,
    figures,
    labels={
        "as_stated": "three random patterns and 20 % damage (1 is yes)",
        "returned_percent": "networks that return the pattern exactly, %",
        "negative_percent": "networks that end at the pattern’s exact negative, %",
        "largest_energy_rise": "largest rise of the energy in one update",
        "networks_with_a_rise_percent": "networks whose energy rises at least once, %",
        "mean_overlap_at_the_end": "mean overlap with the pattern at the end",
        "wrong_pixels_at_the_start": "wrong pixels at the start",
        "wrong_pixels_at_the_end": "wrong pixels at the end",
        "overlap_with_the_nearest": "overlap of the end with the nearest stored pattern",
        "energy_at_the_start": "energy at the start",
        "energy_at_the_end": "energy at the end",
        "units_that_changed": "updates that changed a unit",
        "digits_returned_percent": "networks of three digits that return one exactly, %",
    },
)
