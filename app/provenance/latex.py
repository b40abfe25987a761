"""A formula over numbers as LaTeX, each number in the colour of the argument that it came from."""

import math
import re
from collections.abc import Mapping

from app.provenance.formula import Apply, Leaf, Node, Number, leaves

SHOWN = 7
"""Numbers written of a longer sum: whole terms from its beginning, then its last."""

_SUM, _PRODUCT, _SIGNED, _ATOM = range(4)  # how tightly a piece holds together

_BETWEEN = {"add": ("+", _SUM, _SUM), "sub": ("-", _SUM, _PRODUCT), "mul": (r"\cdot", _PRODUCT, _PRODUCT)}
"""Sign, how tightly the whole holds, and how tightly its second part has to."""

_NEGATIVE = re.compile(r"^(\\htmlClass\{[^}]*\}\{-[^{}]*\})")
"""The number below zero that a product begins with."""

_WRITTEN = {
    "cos": r"\cos",
    "sin": r"\sin",
    "log": r"\ln",
    "sigmoid": r"\sigma",
    "tanh": r"\tanh",
    "erf": r"\operatorname{erf}",
}
_NAMED = {"relu": r"\mathrm{ReLU}", "silu": r"\mathrm{SiLU}", "maximum": r"\max", "minimum": r"\min"}


def latex(node: Node, classes: Mapping[str, str]) -> str:
    """``classes``: argument → the class of its numbers."""
    return _Writer(classes).write(node, nested=False)[0]


def value(number: float) -> str:
    """Four significant digits."""
    if math.isnan(number):
        return r"\mathrm{NaN}"
    if math.isinf(number):
        return r"\infty" if number > 0 else r"-\infty"
    if number == int(number) and abs(number) < 1e7:
        return f"{int(number)}"
    mantissa, _, exponent = f"{number:.4g}".partition("e")
    return rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if exponent else mantissa


class _Writer:
    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes

    def write(self, node: Node, nested: bool) -> tuple[str, int]:
        """The formula and how tightly it holds; within a long sum (``nested``) another is only its value."""
        if isinstance(node, Leaf | Number):
            holds = _ATOM if node.value >= 0 and "cdot" not in value(node.value) else _SIGNED
            if isinstance(node, Number):
                return value(node.value), holds
            return rf"\htmlClass{{{self._classes[node.argument]}}}{{{value(node.value)}}}", holds
        if node.name == "chosen":
            return self.write(node.parts[0], nested)
        if node.name in ("sum", "mean"):
            return self._long(node, nested)
        return self._short(node, nested)

    def _long(self, node: Apply, nested: bool) -> tuple[str, int]:
        count, room = len(node.parts), max(2, SHOWN // max(1, len(list(leaves(node.parts[0])))))
        if count == 1:
            return self.write(node.parts[0], nested)
        if nested:
            return value(node.value), _ATOM if node.value >= 0 else _SIGNED
        shown = node.parts if count <= room else node.parts[: room - 1]
        terms = [self._held(part, _PRODUCT, nested=True, first=not place) for place, part in enumerate(shown)]
        if count > room:
            terms += [r"\cdots", self._held(node.parts[-1], _PRODUCT, nested=True)]
        whole = " + ".join(terms)
        return (whole, _SUM) if node.name == "sum" else (rf"\frac{{{whole}}}{{{count}}}", _ATOM)

    def _held(self, node: Node, least: int, *, nested: bool, first: bool = False) -> str:
        """In brackets if it holds together less than that, or begins with a sign that would follow another."""
        written, holds = self.write(node, nested)
        if holds == _PRODUCT and not first:
            written = _NEGATIVE.sub(r"\\left(\1\\right)", written)
        signed = not first and (holds == _SIGNED or (holds == _PRODUCT and written.startswith("-")))
        return rf"\left({written}\right)" if holds < least or signed else written

    def _short(self, node: Apply, nested: bool) -> tuple[str, int]:
        name, parts = node.name, node.parts
        if name == "mul" and isinstance(parts[1], Number):  # “2 · x”: of x * 2 and 2 * x torch records the same
            parts = parts[::-1]
        bare = [self.write(part, nested)[0] for part in parts]
        if name in _BETWEEN:
            sign, least, right = _BETWEEN[name]
            first = self._held(parts[0], least, nested=nested, first=True)
            return f"{first} {sign} {self._held(parts[1], right, nested=nested)}", least
        if name == "div":
            return rf"\frac{{{bare[0]}}}{{{bare[1]}}}", _ATOM
        if name == "pow":
            if isinstance(parts[1], Number) and parts[1].value == 0.5:
                return rf"\sqrt{{{bare[0]}}}", _ATOM
            base = self._held(parts[0], _ATOM, nested=nested)
            base = rf"\left({base}\right)" if base.startswith(r"\frac") else base
            return rf"{base}^{{{bare[1]}}}", _ATOM
        if name == "exp":
            return rf"e^{{{bare[0]}}}", _ATOM
        if name == "sqrt":
            return rf"\sqrt{{{bare[0]}}}", _ATOM
        if name == "neg":
            return f"-{self._held(parts[0], _PRODUCT, nested=nested)}", _SIGNED
        if name == "abs":
            return rf"\left|{bare[0]}\right|", _ATOM
        if name in _WRITTEN:
            return rf"{_WRITTEN[name]}\left({bare[0]}\right)", _ATOM
        return rf"{_NAMED[name]}\left({', '.join(bare)}\right)", _ATOM
