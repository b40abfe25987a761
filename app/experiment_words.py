"""What a reader sees for an experiment's controls and metrics, as far as it is imported: words wait for no torch."""

import sys
from collections.abc import Mapping
from typing import Any

from app.number_format import NO_LABELS, label


def _imported(id: str) -> Any:
    module = sys.modules.get(f"app.experiments.{id.replace('/', '.')}.experiment")
    return getattr(module, "EXPERIMENT", None)


def control_name(id: str, name: str) -> str:
    """“base”, “key/value heads G”: the control's title within a sentence."""
    found = _imported(id)
    field = found.controls.model_fields.get(name) if found else None
    title = field.title if field and field.title else name.replace("_", " ")
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def labels(id: str) -> Mapping[str, str]:
    found = _imported(id)
    return found.labels if found else NO_LABELS


def metric_label(id: str, metric: str) -> str:
    return label(metric, labels(id))
