"""Reads what a person asked for into a Controls object, and describes a Controls class for the page to draw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt, MaxLen, MinLen, MultipleOf
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from app.experiments.base import Controls, OneOf
from app.web.permalink import as_text

Kind = Literal["number", "integer", "choice", "switch", "text", "drawing", "points", "edges"]


@dataclass(frozen=True)
class Parsed:
    """Valid controls, and one line for each value that was refused and replaced."""

    controls: Controls
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """One line for each value that another control's value made a smaller one."""


@dataclass(frozen=True)
class ControlSpec:
    """All that a front-end needs to draw one control. ``value`` is what it stands at now."""

    name: str
    label: str
    help: str
    kind: Kind
    value: Any
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()
    unit: str = ""
    log: bool = False
    more: bool = False
    max_length: int | None = None
    words: bool = False
    picks: str = ""
    """Of edges: the control that a click on a node sets."""


def parse(kind: type[Controls], raw: Mapping[str, Any], base: Mapping[str, Any]) -> Parsed:
    """``raw`` laid over ``base`` (an entry's preset); what is refused falls back to ``base`` and is reported.

    Values may be text, as from an address: ``"4"`` is a member of ``Literal[1, 2, 4]``.
    """
    raw = {kind.renamed.get(name, name): kind.renamed.get(f"{name}={value}", value) for name, value in raw.items()}
    asked = {name: _typed(kind.model_fields[name], value) for name, value in raw.items() if name in kind.model_fields}
    problems = [
        f"{name}: no such control; takes one of {', '.join(kind.model_fields)}"
        for name in raw
        if name not in kind.model_fields
    ]
    try:
        controls = kind(**{**base, **asked})
        return Parsed(controls, tuple(problems), tuple(_lowered(controls, asked)))
    except ValidationError as refused:
        bad = {str(error["loc"][0]): error for error in refused.errors() if error["loc"]}
        if not bad:  # a rule between fields: nothing single to fall back on
            problems += [error["msg"].removeprefix("Value error, ") for error in refused.errors()]
            return Parsed(kind(**base), tuple(problems))
        problems += [
            f"{name}: {_takes(kind.model_fields[name], error)}; you gave {_shown(raw[name])}"
            for name, error in bad.items()
            if name in raw
        ]
        kept = {name: value for name, value in asked.items() if name not in bad}
        return Parsed(parse(kind, kept, base).controls, tuple(problems))


def _lowered(controls: Controls, asked: Mapping[str, Any]) -> Iterator[str]:
    for name, high in controls.highest().items():
        if name in asked and str(asked[name]) != str(getattr(controls, name)):
            yield f"{name}: goes up to {high} here; {getattr(controls, name)} is shown instead of {asked[name]}"


def specs(controls: Controls, in_sight: Sequence[str]) -> list[dict[str, Any]]:
    """One JSON-ready description a field; those ``in_sight`` first and in that order, the rest under “more”.

    A choice that only this machine knows stands before all others where there is more than one to choose from.
    """
    fields = type(controls).model_fields
    local = [name for name, field in fields.items() if (rule := _one_of(field)) and len(rule.choices()) > 1]
    named = list(in_sight) or [name for name, field in fields.items() if not _extra(field, "more")][:6]
    shown = local + [name for name in named if _one_of(fields[name]) is None]
    order = shown + [name for name in fields if name not in shown]
    found = (_spec(name, fields[name], getattr(controls, name), name not in shown) for name in order)
    highest, known = controls.highest(), not controls.published  # a published model knows other words
    return [asdict(replace(spec, high=highest.get(spec.name, spec.high), words=spec.words and known)) for spec in found]


def depend_on_each_other(controls: Controls) -> bool:
    """Whether what one control may be depends on the value of another."""
    return any(map(_one_of, type(controls).model_fields.values()))


def changed(controls: Controls, base: Mapping[str, Any]) -> dict[str, str]:
    """The values that differ from the preset, as text for the address."""
    start = type(controls)(**base)
    return {name: as_text(value) for name, value in controls.model_dump().items() if value != getattr(start, name)}


def _spec(name: str, field: FieldInfo, value: Any, more: bool) -> ControlSpec:
    low, high = _bounds(field)
    step = _step(field)
    kind = field.annotation
    shape: Kind
    if get_origin(kind) is Literal:
        shape = "choice"
    elif kind is bool:
        shape = "switch"
    elif kind is int:
        shape, step = "integer", step or 1.0
    elif kind is float:
        shape = "number"
    elif kind is str:
        shape = "choice" if _one_of(field) else _extra(field, "kind") or "text"  # type: ignore[assignment]
    else:
        raise TypeError(f"{name}: no control draws {kind}")
    return ControlSpec(
        name=name,
        label=field.title or name.replace("_", " ").capitalize(),
        help=field.description or "",
        kind=shape,
        value=value,
        low=low,
        high=high,
        step=step,
        choices=rule.choices() if (rule := _one_of(field)) else get_args(kind) if shape == "choice" else (),
        unit=str(_extra(field, "unit") or ""),
        log=bool(_extra(field, "log")),
        more=more,
        max_length=_extra(field, "most") or _lengths(field)[1],  # type: ignore[arg-type]
        words=bool(_extra(field, "words")),
        picks=str(_extra(field, "picks") or ""),
    )


def _rules(field: FieldInfo) -> Iterator[object]:
    """The bounds of a field, also those that stand together in one StringConstraints."""
    for rule in field.metadata:
        if isinstance(rule, GroupedMetadata):
            yield from rule
        else:
            yield rule


def _step(field: FieldInfo) -> float | None:
    return next((float(rule.multiple_of) for rule in _rules(field) if isinstance(rule, MultipleOf)), None)  # type: ignore[arg-type]


def _lengths(field: FieldInfo) -> tuple[int, int | None]:
    shortest = next((rule.min_length for rule in _rules(field) if isinstance(rule, MinLen)), 0)
    longest = next((rule.max_length for rule in _rules(field) if isinstance(rule, MaxLen)), None)
    return shortest, longest


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The lowest and highest value; of coordinates in a text, what its field says."""
    low: float | None = None
    high: float | None = None
    if isinstance(given := _extra(field, "range"), list):
        low, high = given
    for rule in _rules(field):
        match rule:
            case Ge(ge=bound) | Gt(gt=bound):
                low = float(bound)  # type: ignore[arg-type]
            case Le(le=bound) | Lt(lt=bound):
                high = float(bound)  # type: ignore[arg-type]
    return low, high


def _one_of(field: FieldInfo) -> OneOf | None:
    return next((rule for rule in field.metadata if isinstance(rule, OneOf)), None)


def _extra(field: FieldInfo, key: str) -> object:
    extra = field.json_schema_extra
    return extra.get(key) if isinstance(extra, dict) else None


def _typed(field: FieldInfo, value: Any) -> Any:
    """A member of a Literal given as text, a switch given as a word, or the value as it came."""
    if get_origin(field.annotation) is Literal:
        return next((choice for choice in get_args(field.annotation) if str(choice) == str(value)), value)
    return value


def _takes(field: FieldInfo, error: ErrorDetails) -> str:
    """What the field takes, in words."""
    if get_origin(field.annotation) is Literal:
        return "takes one of " + ", ".join(map(str, get_args(field.annotation)))
    if field.annotation is str:
        shortest, longest = _lengths(field)
        if error["type"] in ("string_too_short", "string_too_long"):
            return f"takes text of {shortest} to {longest} characters"
        return error["msg"].removeprefix("Value error, ")
    if field.annotation is bool:
        return "takes true or false"
    kind = "a whole number" if field.annotation is int else "a number"
    low, high = _bounds(field)
    step = _step(field)
    steps = f" in steps of {step:g}" if step else ""
    if low is not None and high is not None:
        return f"takes {kind} from {low:.12g} to {high:.12g}{steps}"
    return f"takes {kind}" + (f" of at least {low:.12g}" if low is not None else "") + steps


def _shown(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:39] + "…")
