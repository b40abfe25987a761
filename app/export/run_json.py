"""A run as JSON: its numbers, verdicts and figures, for whoever reads it with a program."""

import json
import math
from typing import TYPE_CHECKING, Any

from app.claims import check
from glossary.schema import Entry

if TYPE_CHECKING:  # the runner imports torch, which the page's first words do not wait for
    from app.experiments.base import Figure
    from app.moments import Run


def report(entry: Entry, run: "Run") -> str:
    """All that one run measured and drew."""
    found = {
        "entry": entry.slug,
        "experiment": run.experiment,
        "controls": run.controls.model_dump(),
        "seed": run.controls.seed,
        "device": run.device,
        "seconds": run.seconds,
        "metrics": run.metrics,
        "claims": [claim.as_json() for claim in check(entry, run.metrics)],
        "figures": [
            {
                "key": key,
                "title": figure.title,
                "caption": figure.caption,
                "text": figure.text,
                "plotly": json.loads(figure.plot.to_json()),
                **_sound(figure),
                **_machine(figure),
            }
            for key, figure in run.figures.items()
        ],
        "badge": run.badge,
        "parameters": run.parameters,
    }
    return json.dumps(finite(found), indent=1, ensure_ascii=False, allow_nan=False)


def _sound(figure: "Figure") -> dict[str, Any]:
    """A figure that can be heard has its sound as a WAV file in an address, at the volume of the page."""
    if figure.sound is None:
        return {}
    from app.export.wav import data_address

    return {"sound": {"rate": figure.sound.rate, "seconds": figure.sound.seconds, "wav": data_address(figure.sound)}}


def _machine(figure: "Figure") -> dict[str, Any]:
    """What the browser steps: its name and all that it is given, arrays in base 64."""
    if figure.machine is None:
        return {}
    from app.export.packed import sent

    return {"machine": sent(figure.machine)}


def finite(value: Any) -> Any:
    """The same structure with null for NaN and infinities, which JSON does not know."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def written(value: Any) -> str:
    """As JSON text; raises ValueError where something that JSON does not know is left."""
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False)
