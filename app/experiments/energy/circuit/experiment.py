"""Serves neural-circuit-policy alone: no other page has a wiring, or a car."""

from app.experiments.base import Experiment
from app.experiments.energy.circuit.figures import figures
from app.experiments.energy.circuit.run import CircuitControls, measure, run

EXPERIMENT = Experiment(
    CircuitControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "intact_error_m": "distance from the middle with all cells, m, root mean square",
        "silenced_error_m": "distance from the middle without the cell, m, root mean square",
        "intact_off_road_percent": "way off the road with all cells, %",
        "off_road_percent": "way off the road without the cell, %",
        "needed_cells": "cells without which the error more than doubles",
        "needed_cells_of_five": "cells without which the error more than doubles, mean of five trainings",
        "needed_inter_cells": "of these, inter cells",
        "needed_command_cells": "of these, command cells",
        "synapses": "synapses",
        "sensor_synapses_on_motor": "synapses from sensors onto the motor cell",
    },
)
