"""Watches a function of ``models`` at work: which operation made each tensor, of what, on which line."""

import inspect
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor
from torch.overrides import TorchFunctionMode

from app.source import ROOT

SHOWN = (str(ROOT / "models"), str(ROOT / "app" / "experiments"))
"""Where the code lies that a reader is shown."""


class Line(NamedTuple):
    """A line of code, with its file as seen from the root of the project."""

    path: str
    number: int
    text: str


class Operation(NamedTuple):
    """One call of torch: its arguments, which of its outputs this is, and all of them."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    part: int
    outputs: tuple[Any, ...]
    line: Line | None

    @property
    def in_place(self) -> bool:
        """Whether a tensor was changed, so that what it was is gone."""
        return self.name == "__setitem__" or (self.name.endswith("_") and not self.name.endswith("__"))


class Recorder(TorchFunctionMode):
    """Within ``with Recorder() as recorder`` every tensor made is noted with the operation that made it."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[int, tuple[Tensor, Operation]] = {}  # the tensor is held, so that its id stays its own

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", str(func))
        several = isinstance(result, tuple | list)
        outputs = tuple(result) if several else (args[0] if name == "__setitem__" else result,)
        for part, output in enumerate(outputs):
            if isinstance(output, Tensor):
                operation = Operation(name, func, args, kwargs or {}, part, outputs, _line())
                self._made[id(output)] = output, operation
        return result

    def made(self, tensor: Tensor) -> Operation | None:
        """How a tensor came about; None if it was there before."""
        found = self._made.get(id(tensor))
        return None if found is None else found[1]


def _line() -> Line | None:
    """The innermost line of a model or an experiment that is being executed."""
    frame = inspect.currentframe()
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(SHOWN):
            text = linecache.getline(path, frame.f_lineno).strip()
            return Line(str(Path(path).relative_to(ROOT)), frame.f_lineno, text)
        frame = frame.f_back
    return None
