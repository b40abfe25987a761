"""A control and its value in words."""

from typing import TYPE_CHECKING

from app.number_format import number

if TYPE_CHECKING:  # controls know the experiments, which the first page does not wait for
    from app.experiments.base import Controls


def setting(controls: "Controls", name: str) -> str:
    """“base 10 000”, “noise on”, “added points: 3”, “edges: 2 changed”."""
    between = ": " if _kind(controls, name) in ("points", "edges") else " "
    return f"{_lowered(type(controls).model_fields[name].title or name)}{between}{value_in_words(controls, name)}"


def value_in_words(controls: "Controls", name: str) -> str:
    """“10 000”, “on”, “3” added points, “2 changed” edges, “drawn by hand”."""
    value, kind = getattr(controls, name), _kind(controls, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return number(value)
    text = str(value).replace("_", " ")
    if kind == "points":
        return number(len(str(value).split()))
    if kind == "edges":
        return f"{number(len(str(value).split()))} changed"
    if kind == "drawing":
        return text if text.startswith("example") else "drawn by hand"
    return f"“{text if len(text) <= 32 else text[:31] + '…'}”"


def _kind(controls: "Controls", name: str) -> object:
    extra = type(controls).model_fields[name].json_schema_extra
    return extra.get("kind") if isinstance(extra, dict) else None


def _lowered(words: str) -> str:
    return words if words[1:2].isupper() or words[1:2].isdigit() else words[:1].lower() + words[1:]
