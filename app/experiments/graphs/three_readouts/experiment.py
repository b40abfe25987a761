"""Serves graph-readout alone: whole graphs are asked about, and only the readout differs."""

from app.experiments.base import Experiment
from app.experiments.graphs.three_readouts.figures import figures
from app.experiments.graphs.three_readouts.run import NAMES, ReadoutControls, measure, run

QUESTIONS = {"count": "how many", "share": "what share", "presence": "is there one"}

EXPERIMENT = Experiment(
    ReadoutControls,
    run,
    measure,
    figures,
    labels={
        "larger_graphs_percent": "larger graphs answered correctly by the chosen network, %",
        "same_size_percent": "graphs of the trained sizes answered correctly by it, %",
        **{
            f"{name}_{short}_percent": f"“{question}” by {name}, larger graphs, %"
            for name in NAMES
            for short, question in QUESTIONS.items()
        },
        "nodes_of_the_larger_graphs": "nodes of the largest graph",
    },
)
