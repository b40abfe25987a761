"""Serves closed-form-continuous-depth alone: only here is a cell's state compared with a formula for it."""

from app.experiments.base import Experiment
from app.experiments.energy.held_inputs.figures import figures
from app.experiments.energy.held_inputs.run import HeldControls, measure, run

EXPERIMENT = Experiment(
    HeldControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "closed_form_error": "error of the closed form, root mean square",
        "solver_error": "error of the solver, root mean square",
        "closed_form_over_solver": "error of the closed form over that of the solver",
        "crossing_speed": "speed from which the closed form errs more, radians per second",
        "evaluations_solver": "evaluations of the solver, per second",
        "closed_form_highest": "highest state, closed form",
        "solution_highest": "highest state, solution",
        "long_gaps_over_short": "error after the longest quarter of the gaps over that after the shortest",
        "prediction_error": "error of the trained cells’ predictions, root mean square",
        "mean_gap_error_ratio": "error with the mean gap in training over that with each gap",
        "mean_gap_after_error_ratio": "error with the mean gap after training over that with each gap",
    },
)
