"""Which values stand on each side: what both take from the same start is one value for both, until it is set apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.web import permalink
from glossary.schema import Entry

if TYPE_CHECKING:  # controls know the experiments, which the first page does not wait for
    from app.controls import Parsed
    from app.engine import Engine
    from app.experiments.base import Controls


@dataclass(frozen=True)
class Side:
    entry: Entry
    parsed: "Parsed"

    @property
    def controls(self) -> "Controls":
        return self.parsed.controls


@dataclass(frozen=True)
class Pair:
    """``common`` controls could have one value for both sides; those that are ``shared`` do."""

    left: Side
    right: Side
    common: tuple[str, ...]
    shared: tuple[str, ...]

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right

    @property
    def one_entry(self) -> bool:
        return self.left.entry.slug == self.right.entry.slug

    @property
    def differing(self) -> tuple[str, ...]:
        """Controls of one entry that stand at different values."""
        if not self.one_entry:
            return ()
        fields = type(self.left.controls).model_fields
        return tuple(name for name in fields if value(self.left, name) != value(self.right, name))

    def own(self, side: Side) -> list[str]:
        """Controls that a side has for itself."""
        return [name for name in type(side.controls).model_fields if name not in self.shared]

    @property
    def query(self) -> str:
        from app.controls import changed

        apart = {name: permalink.as_text(value(self.right, name)) for name in self.common if name not in self.shared}
        own = changed(self.right.controls, self.right.entry.live.preset)
        return permalink.write_pair(
            self.left.entry.slug,
            changed(self.left.controls, self.left.entry.live.preset),
            self.right.entry.slug,
            {name: text for name, text in own.items() if name not in self.common} | apart,
        )


def value(side: Side, name: str) -> Any:
    return getattr(side.controls, name)


def read(engine: "Engine", left: Entry, values: Mapping[str, Any], right: Entry, own: Mapping[str, Any]) -> Pair:
    """The pair of an address: ``values`` of the left side, and those that only the right side has."""
    first = Side(left, engine.parse(left, values))
    common = tuple(_common(first, Side(right, engine.parse(right, {}))))
    offered = {name: value(first, name) for name in common if name not in own}
    shared = {name: one for name, one in offered.items() if not engine.parse(right, {name: one}).problems}
    second = Side(right, engine.parse(right, {**shared, **own}))
    return Pair(first, second, common, tuple(name for name in shared if value(second, name) == value(first, name)))


def _common(left: Side, right: Side) -> Iterator[str]:
    """Controls of the same name and label, unless the presets give them different values: those make the entries."""
    ours, theirs = (type(side.controls).model_fields for side in (left, right))
    presets = left.entry.live.preset, right.entry.live.preset
    for name in ours:
        if name in theirs and ours[name].title == theirs[name].title:
            starts = [preset.get(name, fields[name].default) for preset, fields in zip(presets, (ours, theirs))]
            if starts[0] == starts[1] or not any(name in preset for preset in presets):
                yield name
