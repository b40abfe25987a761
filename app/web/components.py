"""The page's Gradio components: ``gr.HTML``, each drawn by one of our JavaScript modules.

All that a request changes comes as one value of the wire (docs/decisions/0005-one-message.md), whose module hands each
part to the component of that ``elem_id``. Values are JSON text, which Gradio's front-end compares faster than objects.
They are made by functions, not subclasses: for a subclass Gradio writes a ``.pyi`` file beside the source at import.
"""

import json
from typing import Any

import gradio as gr
from markupsafe import Markup

from app.web.static_files import StaticFiles

FILES = StaticFiles()


def drawn_by(module: str, **options: Any) -> gr.HTML:
    """A component that ``assets/js/<module>.js`` draws from its value."""
    address = json.dumps(FILES.address(f"js/{module}.js"))
    return gr.HTML(
        html_template="",
        js_on_load=(
            f"import(new URL({address}, document.baseURI).href)"
            ".then((module) => module.mount({element, props, watch}));"
        ),
        apply_default_css=False,
        **options,
    )


def panel(markup: Markup | None = None, **options: Any) -> gr.HTML:
    """Escaped HTML; a new one changes only those nodes that differ, so the focus stays."""
    return drawn_by("panel", value=None if markup is None else json.dumps(markup), **options)


def plotly_view(**options: Any) -> gr.HTML:
    """The one component that shows a figure: header, caption, plot, table and stepper. See ``app.web.figure_view``."""
    return drawn_by("figure", **options)


def controls_view(**options: Any) -> gr.HTML:
    """The controls of an experiment, drawn from ``app.controls.specs``. See docs/decisions/0002-controls.md."""
    return drawn_by("controls", **options)


def lazy_view(**options: Any) -> gr.HTML:
    """A view whose module, ``assets/lazy/<elem_id>.js``, is fetched when it is first shown."""
    return drawn_by("lazy", **options)


def wire(**options: Any) -> gr.HTML:
    """Joins the page to the server: it sends the page's requests and hands every answer on."""
    return drawn_by("wire", **options)
