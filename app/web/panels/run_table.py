"""One row of the table that keeps the runs of a visit, on pages where something trains."""

from typing import TYPE_CHECKING, Any

from app.claims import check
from app.number_format import label, number
from app.web.panels.settings import setting
from app.web.permalink import as_text
from glossary.schema import Entry

if TYPE_CHECKING:  # the runner imports torch, which the page's first words do not wait for
    from app.moments import Run


def row(entry: Entry, run: "Run") -> dict[str, Any] | None:
    """What the browser keeps of a run, in its own memory (``assets/lazy/runs.js``); None where nothing trains.

    A training that is still going on has no ``values`` yet: the rows before it are shown.
    """
    if not run.trains:
        return None
    if not run.done:
        return {"entry": entry.slug}
    values, preset = run.controls.model_dump(), type(run.controls)(**entry.live.preset).model_dump()
    checked = {one.claim.condition.metric: one for one in check(entry, run.metrics)}
    return {
        "entry": entry.slug,
        "values": {name: as_text(value) for name, value in values.items()},
        "changed": {
            name: setting(run.controls, name) for name, value in values.items() if value != preset[name]
        },
        "cells": [
            {"label": label(metric, run.labels), "value": number(one.value), "verdict": one.verdict}
            for metric, one in checked.items()
        ],
    }  # fmt: skip
