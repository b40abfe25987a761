"""The page's Gradio components. Each is a ``gr.HTML`` whose drawing is one of our JavaScript modules.

A value travels as JSON text, which Gradio's front-end compares faster than an object, and carries the serial
number of the request that it answers: the browser drops what an older request still sends.
"""

import json
from typing import Any

import gradio as gr

from app.static_files import StaticFiles

FILES = StaticFiles()


def on_load(module: str, *events: str) -> str:
    """JavaScript that hands the component to ``assets/js/<module>.js``. Gradio wants event names quoted in here."""
    address = FILES.address(f"js/{module}.js")
    return (
        f"const events = {json.dumps(events)};"
        f"import(new URL({json.dumps(address)}, document.baseURI).href)"
        ".then((module) => module.mount({element, props, watch, trigger, server, events}));"
    )


class Drawn(gr.HTML):
    """A component that a module of ours draws. ``value`` is any JSON; nothing is sent back with events."""

    drawn_by = "panel"
    sends: tuple[str, ...] = ()

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__(
            value=value,
            html_template="",
            js_on_load=on_load(self.drawn_by, *self.sends),
            apply_default_css=False,
            **options,
        )

    def postprocess(self, value: Any) -> str | None:  # type: ignore[override]
        """JSON text."""
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def preprocess(self, payload: Any) -> None:  # type: ignore[override]
        """Nothing: the browser keeps what it draws, and requests carry their own data."""


class Panel(Drawn):
    """Escaped HTML, ``{"serial": n, "html": …}``, which changes only those nodes that differ and keeps the focus."""


class ControlsView(Drawn):
    """The controls of an experiment, drawn from ``app.controls.specs``. See docs/decisions/0002-controls.md."""

    drawn_by = "controls"


class Wire(Drawn):
    """What the page asks (event ``ask``, and the server functions) and what it is told about each answer."""

    drawn_by = "wire"
    sends = ("ask",)
