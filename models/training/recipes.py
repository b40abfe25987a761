"""Every checkpoint and the recipe that makes it, found in the modules of this room themselves.

A recipe is a module with ``CHECKPOINTS``: the name of each checkpoint that it makes → ``Made``. One that continues from
another recipe's weights, or is judged by them, names that module in ``AFTER``.
"""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

import models.training

Metrics = Mapping[str, float]
UNSEEN = 10_001
"""A seed that no training uses: checkpoints are measured on what it draws."""


class Made(NamedTuple):
    """How a shipped checkpoint is measured again, and the options with which its recipe makes it alone."""

    measured: Callable[[], Metrics]
    options: str = ""


class Recipe(NamedTuple):
    """The module that makes a checkpoint, beside the above."""

    module: str
    made: Made

    @property
    def command(self) -> str:
        """What follows ``python -m models.training.``."""
        return f"{self.module} {self.made.options}".strip()


def _modules() -> dict[str, ModuleType]:
    names = [one.name for one in pkgutil.iter_modules(models.training.__path__) if one.name != "__main__"]
    read = {name: import_module(f"models.training.{name}") for name in names}
    return {name: module for name, module in read.items() if hasattr(module, "CHECKPOINTS")}


@cache
def recipes() -> dict[str, Recipe]:
    """Checkpoint → its recipe, in an order in which each finds what it starts from."""
    modules = _modules()
    order = TopologicalSorter({name: getattr(module, "AFTER", ()) for name, module in modules.items()}).static_order()
    return {made: Recipe(name, how) for name in order for made, how in modules[name].CHECKPOINTS.items()}
