"""Every experiment is a folder ``<chapter>/<family>``; that is its id. It is imported when it is first asked for."""

from functools import cache
from importlib import import_module
from pathlib import Path

from app.experiments.base import AnyExperiment

FOLDER = Path(__file__).parent


class UnknownExperiment(KeyError):
    """There is no folder of this id."""


@cache
def ids() -> tuple[str, ...]:
    """Every experiment, chapter by chapter: what has an ``experiment.py``. Nothing is imported."""
    found = FOLDER.glob("*/*/experiment.py")
    return tuple(sorted(f"{place.parent.parent.name}/{place.parent.name}" for place in found))


def experiment(id: str) -> AnyExperiment:
    """The experiment of that id; raises UnknownExperiment."""
    if id not in ids():
        raise UnknownExperiment(f"experiment {id!r}: takes one of {', '.join(ids())}")
    found: AnyExperiment = import_module(f"app.experiments.{id.replace('/', '.')}.experiment").EXPERIMENT
    return found
