"""Serves wavenet-gated-activation alone: its model generates tones by a label."""

from app.experiments.base import Experiment
from app.experiments.recurrence.gated_tones.figures import figures
from app.experiments.recurrence.gated_tones.run import NAMES, ToneControls, measure, run

EXPERIMENT = Experiment(
    ToneControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "largest_pitch_error_share": "largest error of a generated pitch, share",
        "pitches_met": "labels whose pitch is met within 5 %",
        "sounds_met_share": "generated sounds within 5 % of their label’s pitch, share",
        "peak_hz": "highest peak of the sound shown, Hz",
        **{f"peak_of_label_{at}_hz": f"highest peak for the label {name}, Hz" for at, name in enumerate(NAMES)},
        "gate_swing": "standard deviation of the gates over time",
    },
)
