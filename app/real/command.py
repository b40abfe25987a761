"""``python -m app real``: published models, fetched, listed and taken away."""

from collections.abc import Sequence
from functools import partial

from app.real import fetch, hub
from app.real.packages import PACKAGES
from models.real.folder import directory, present

say = partial(print, flush=True)


def fetch_all(names: Sequence[str], on_hub: str | None) -> None:
    """The models of these names, or all, or one of the hub; raises FetchFailed or DamagedFile."""
    if on_hub is not None:
        hub.fetch(on_hub, say)
        return
    if unknown := [name for name in names if name not in PACKAGES]:
        raise fetch.FetchFailed(f"real: takes one of {', '.join(PACKAGES)}; you gave {unknown[0]!r}")
    for name in names or PACKAGES:
        fetch.fetch(PACKAGES[name], say)


def remove(names: Sequence[str]) -> None:
    """Takes away the models of these names, or all; raises FetchFailed."""
    for name in names or present():
        say(f"removed {fetch.remove(name)}")


def show() -> None:
    """What is there, and what each would cost."""
    here = present()
    say(f"in {directory()}: {', '.join(here) or 'nothing'}")
    for package in PACKAGES.values():
        say(f"{'there  ' if package.name in here else 'not yet'} {fetch.cost(package)}")
