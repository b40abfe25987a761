"""Runs code and holds every trailing ``# (B, H, T, K)`` against the tensor that its line made.

A capital stands for one size throughout a call, a small letter for one on its own line, and either for the size that
the test gives it. ``T - 1``, ``D/2`` or ``2P`` are worked out where their letters are known; ``...`` stands for any
leading axes.
"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

import torch

COMMENT = re.compile(r"#\s*\(([^()]*)\)")
AXIS = re.compile(r"\.\.\.|\d+|\d*[A-Za-z]\w?(\s*[-−+/·*]\s*\w+)*")


class Line(NamedTuple):
    """An assignment with a shape comment, by its numbers in the file."""

    first: int
    last: int
    names: tuple[str, ...]
    axes: tuple[str, ...]


def axes_in(source_line: str) -> tuple[str, ...] | None:
    """The axes that a line's comment names, or None if it has no shape comment."""
    comment = COMMENT.search(source_line)
    axes = tuple(axis.strip() for axis in comment[1].split(",") if axis.strip()) if comment else ()
    return axes if comment and all(map(AXIS.fullmatch, axes)) else None


def annotated_lines(function: FunctionType) -> list[Line]:
    """The commented assignments of a function, those of functions inside it left out."""
    source, start = inspect.getsourcelines(function)
    definition = ast.parse(textwrap.dedent("".join(source))).body[0]
    found, pending = [], list(ast.iter_child_nodes(definition))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        pending += ast.iter_child_nodes(node)
        if isinstance(node, ast.Assign) and (axes := axes_in(source[node.end_lineno - 1])) is not None:
            targets = [leaf for target in node.targets for leaf in getattr(target, "elts", [target])]
            names = tuple(target.id for target in targets if isinstance(target, ast.Name))
            found.append(Line(node.lineno + start - 1, node.end_lineno + start - 1, names, axes))
    return found


def functions_of(module: ModuleType) -> Iterator[FunctionType]:
    """Every function and method that the module itself defines."""
    for item in vars(module).values():
        if getattr(item, "__module__", None) != module.__name__:
            continue
        for member in vars(item).values() if inspect.isclass(item) else [item]:
            function = inspect.unwrap(member.fget if isinstance(member, property) else member)
            if inspect.isfunction(function) and function.__code__.co_filename == module.__file__:
                yield function


def size_of(axis: str, sizes: dict[str, int]) -> int | None:
    """The size that an axis must have, if everything in it is known: ``2P`` is 2 * P, ``D/2`` is D // 2."""
    if axis in sizes:
        return sizes[axis]
    formula = re.sub(r"(\d)(?=[A-Za-z])", r"\1*", axis).replace("·", "*").replace("−", "-").replace("/", "//")
    try:
        return int(eval(formula, {"__builtins__": {}}, dict(sizes)))
    except NameError:
        return None


def check(tensor: torch.Tensor, axes: tuple[str, ...], sizes: dict[str, int], where: str) -> None:
    """Compare with the sizes known so far, and learn those that are new."""
    told = f"{where} has shape {tuple(tensor.shape)}, its comment says ({', '.join(axes)})"
    shape = tuple(tensor.shape)
    if axes and axes[0] == "...":
        axes, shape = axes[1:], shape[len(shape) - len(axes) + 1 :]
    assert len(shape) == len(axes), told
    for axis, size in zip(axes, shape):
        expected = size_of(axis, sizes)
        assert expected in (None, size), f"{told}, where {axis} is {expected}"
        if axis[0].isupper():
            sizes[axis] = size


class Watch:
    """A trace function for ``sys.settrace`` that checks a commented line as soon as it is left."""

    def __init__(self, functions: list[FunctionType], sizes: dict[str, int]) -> None:
        self.lines: dict[CodeType, list[Line]] = {f.__code__: annotated_lines(f) for f in functions}
        self.names = {f.__code__: f.__qualname__ for f in functions}
        self.sizes = sizes
        self.reached: set[tuple[str, int]] = set()

    def unreached(self) -> list[str]:
        """The commented lines that the run never came to: a comment that is not executed is not tested."""
        return [
            f"{self.names[code]}:{line.first}"
            for code, lines in self.lines.items()
            for line in lines
            if (self.names[code], line.first) not in self.reached
        ]

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        if not self.lines.get(frame.f_code):
            return None
        name, sizes = self.names[frame.f_code], dict(self.sizes)
        inside: Line | None = None

        def on_line(frame: FrameType, event: str, arg: Any) -> Any:
            nonlocal inside
            if event not in ("line", "return"):
                return on_line
            here = next((at for at in self.lines[frame.f_code] if at.first <= frame.f_lineno <= at.last), None)
            if inside is not None and (here is not inside or event == "return"):
                for variable in inside.names:
                    value = frame.f_locals.get(variable)
                    if isinstance(value, torch.Tensor):
                        check(value, inside.axes, sizes, f"{name}:{inside.first} {variable}")
                self.reached.add((name, inside.first))
            inside = here if event == "line" else None
            return on_line

        return on_line


@contextmanager
def shapes_checked(*sources: ModuleType | FunctionType, **sizes: int) -> Iterator[Watch]:
    """Check the comments of these modules and functions in everything that runs inside the block."""
    functions = [f for source in sources for f in ([source] if inspect.isfunction(source) else functions_of(source))]
    watch = Watch(functions, sizes)
    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield watch
    finally:
        sys.settrace(before)


def check_fields(trace: Any, **sizes: int) -> int:
    """Check the comments on the fields of a NamedTuple against the tensors in it; how many there were."""
    source = inspect.getsource(type(trace)).splitlines()
    commented = {line.split(":")[0].strip(): axes for line in source if (axes := axes_in(line)) and ":" in line}
    tensors = {name: getattr(trace, name) for name in commented if isinstance(getattr(trace, name), torch.Tensor)}
    known = dict(sizes)
    for name, tensor in tensors.items():
        check(tensor, commented[name], known, f"{type(trace).__name__}.{name}")
    return len(tensors)
