"""The one function for which a ZeroGPU Space lends a GPU. Imported on such a Space only, before anything uses CUDA.

ZeroGPU shows a GPU to a forked process while a marked function runs, and counts the seconds against a daily quota.
Only heavy runs, which read published weights, ask for one: a class that turns controls uses up nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr
import spaces

from app.experiments import experiment
from app.experiments.base import AnyExperiment, Controls

SECONDS = 30
"""What a call asks for: the shorter, the sooner it is served."""


def results_from_cuda(id: str, controls: Controls) -> Iterator[Any]:
    """Results of an experiment with every tensor on the CPU: no CUDA tensor may leave the process."""
    from app.moments import to_cpu

    computed = experiment(id).run(controls, "cuda")
    for result in computed if isinstance(computed, Iterator) else (computed,):
        yield to_cpu(result)


on_lent_gpu: Callable[[str, Controls], Iterator[Any]] = spaces.GPU(duration=SECONDS)(results_from_cuda)


def borrowing(id: str) -> AnyExperiment:
    """The experiment; a heavy run of it asks for a GPU, and runs on the CPU where none is lent. A notice says which."""
    found = experiment(id)
    said: list[str] = []

    def run(controls: Controls, device: str) -> Any:
        return lent(controls, device) if found.heavy(controls) else found.run(controls, device)

    def lent(controls: Controls, device: str) -> Iterator[Any]:
        said[:] = ["Computed on a GPU that the Hub lent"]
        began = False
        try:
            for result in on_lent_gpu(id, controls):
                began = True
                yield result
        except gr.Error as refused:
            if began:
                raise
            said[:] = [f"No GPU was lent ({refused.message}); computed on the CPU"]
            computed = found.run(controls, device)
            yield from computed if isinstance(computed, Iterator) else (computed,)

    return replace(found, run=run, notices=lambda result: (*found.notices(result), *said))
