"""What the pages that train small mixtures live draw alike: who gets what, to step through when all is over."""

from collections.abc import Mapping

from app.experiments.base import Figure
from app.experiments.routing.live import Progress
from visualizers.loads import histograms


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
            moments=progress.moments,
        ),
        height=285,
        steps="step",
        start=len(progress.moments) - 1,
    )
