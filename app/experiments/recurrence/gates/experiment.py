"""Serves lstm, gru."""

from app.experiments.base import Experiment
from app.experiments.recurrence.gates.figures import figures
from app.experiments.recurrence.gates.run import GateControls, measure, run

EXPERIMENT = Experiment(
    GateControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "questions answered rightly, share",
        "write_gate_at_marks": "input gate (GRU: 1 − z) at marked digits, mean",
        "write_gate_at_distractors": "input gate (GRU: 1 − z) at distractors, mean",
        "write_gate_marks_over_distractors": "input gate (GRU: 1 − z), marked digits over distractors",
        "keep_gate_at_distractors": "forget gate (GRU: z) at distractors, mean",
        "keep_gate_at_marks": "forget gate (GRU: z) at marked digits, mean",
        "chance": "chance of naming the right digit",
    },
)
