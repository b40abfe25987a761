"""What the pages that train small mixtures live draw alike: who gets what, to step through when all is over."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from operator import itemgetter

from torch import Tensor

from app.experiments.base import Figure
from app.experiments.routing.live_routing import Progress
from app.provenance.origin import Drawn
from visualizers.loads import histograms


def drawn_of(progress: Progress, runs: Mapping[str, int]) -> list[Drawn]:
    """What the newest moment of ``who_gets_what`` shows: a trace a class and one of the mean probabilities, a run."""
    look, drawn = progress.newest, []
    for run in runs.values():
        of_run = [
            Drawn("histogram", look.joint, partial(_bars, run, planted)) for planted in range(look.joint.shape[1])
        ]
        drawn += [*of_run, Drawn("histogram", look.probability, itemgetter(run))]
    return [replace(one, trace=trace) for trace, one in enumerate(drawn)]


def _bars(run: int, planted: int, joint: Tensor) -> Tensor:
    return joint[run, planted]


def who_gets_what(progress: Progress, runs: Mapping[str, int], text: str) -> Figure:
    """The planted classes that each expert of the named runs gets, at every moment that was looked at."""
    return Figure(
        title="Which tokens each expert gets",
        caption=(
            "Share of unseen tokens sent to each expert, one colour a planted class; ◇ the router’s mean probability P,"
            " dashed an even load. When the training is over, step back through it."
        ),
        text=text,
        plot=histograms(
            {name: progress.joint(run) for name, run in runs.items()},
            marks={name: progress.probability(run) for name, run in runs.items()},
            mark_label="mean probability",
            moments=list(map(str, progress.shown_steps)),
        ),
        height=285,
        steps="step",
        start=len(progress.shown) - 1,
    )
