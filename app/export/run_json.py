"""A run as JSON: its numbers, verdicts and figures, for whoever reads it with a program."""

import json
import math
from typing import TYPE_CHECKING, Any

from app.claims import check
from glossary.schema import Entry

if TYPE_CHECKING:  # the runner imports torch, which the page's first words do not wait for
    from app.runner import Run


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
            }
            for key, figure in run.figures.items()
        ],
        "badge": run.badge,
        "parameters": run.parameters,
    }
    return json.dumps(finite(found), indent=1, ensure_ascii=False, allow_nan=False)


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
