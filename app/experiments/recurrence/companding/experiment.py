"""Serves mu-law-quantization alone: no other entry quantises a sound."""

from app.experiments.base import Experiment
from app.experiments.recurrence.companding.figures import figures
from app.experiments.recurrence.companding.run import CompandingControls, measure, run

EXPERIMENT = Experiment(
    CompandingControls,
    run,
    measure,
    figures,
    labels={
        "snr_db": "signal-to-noise ratio of the μ-law, decibels",
        "uniform_snr_db": "signal-to-noise ratio of uniform levels, decibels",
        "quiet_snr_db": "signal-to-noise ratio of the μ-law at 1 % of full scale, decibels",
        "quiet_uniform_snr_db": "signal-to-noise ratio of uniform levels at 1 % of full scale, decibels",
        "quiet_gain_db": "gain of the μ-law at 1 % of full scale, decibels",
        "snr_range_db": "range of the μ-law’s ratio from 1 % of full scale on, decibels",
        "uniform_snr_range_db": "range of the uniform levels’ ratio from 1 % of full scale on, decibels",
        "crossing_loudness": "loudness from which uniform levels have less noise, share of full scale",
        "levels_used": "levels of the μ-law that the sound uses",
        "uniform_levels_used": "uniform levels that the sound uses",
    },
)
