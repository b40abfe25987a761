"""A control and its value in words."""

from typing import TYPE_CHECKING, Any

from app.number_format import number

if TYPE_CHECKING:  # controls know the experiments, which the first page does not wait for
    from app.experiments.base import Controls


def setting(controls: "Controls", name: str) -> str:
    """“base 10 000”, “noise on”."""
    return f"{_lowered(type(controls).model_fields[name].title or name)} {written(getattr(controls, name))}"


def _lowered(words: str) -> str:
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return number(value)
    text = str(value).replace("_", " ")
    return f"“{text if len(text) <= 32 else text[:31] + '…'}”"
