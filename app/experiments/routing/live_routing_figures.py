"""What the pages that train small mixtures live draw alike: who gets what, to step through when all is over."""

from collections.abc import Mapping
from functools import partial
from operator import itemgetter

from torch import Tensor

from app.experiments.base import Figure
from app.experiments.routing.live_routing import Progress
from app.provenance.origin import Plotted
from visualizers.loads import histograms

MARK = "mean probability"


def who_gets_what(progress: Progress, runs: Mapping[str, int], text: str) -> Figure:
    """The planted classes that each expert of the named runs gets, at every snapshot."""
    newest = progress.newest
    sources = [
        *(
            Plotted(newest.joint, partial(_bars, run, planted), trace=f"class {planted}, {name}")
            for name, run in runs.items()
            for planted in range(newest.joint.shape[1])
        ),
        *(Plotted(newest.probability, itemgetter(run), trace=f"{MARK}, {name}") for name, run in runs.items()),
    ]
    return Figure(
        title="Which tokens each expert gets",
        caption=(
            "Share of held-out tokens sent to each expert, one colour per class. ◇ mean router probability P; dashed:"
            " uniform. When the training is over, step back through it."
        ),
        text=text,
        plot=histograms(
            {name: progress.joint(run) for name, run in runs.items()},
            marks={name: progress.probability(run) for name, run in runs.items()},
            mark_label=MARK,
            moments=list(map(str, progress.shown_steps)),
        ),
        height=285,
        steps="step",
        start=len(progress.shown) - 1,
        sources=sources,
    )


def _bars(run: int, planted: int, joint: Tensor) -> Tensor:
    return joint[run, planted]
