"""Serves xlstm alone: it compares the two cells; what goes on inside each is shown by slstm and mlstm."""

from app.experiments.base import Experiment
from app.experiments.recurrence.extended_lstm.figures import figures
from app.experiments.recurrence.extended_lstm.run import CELLS, ExtendedControls, measure, run

EXPERIMENT = Experiment(
    ExtendedControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        **{f"parity_{cell.lower()}": f"parity right, {cell}, share" for cell in CELLS},
        **{f"recall_{cell.lower()}": f"values recalled, {cell}, share" for cell in CELLS},
        "chance_of_parity": "chance of naming the right parity",
        "chance_of_recall": "chance of naming the right value",
    },
)
