"""The page: one gr.Blocks. What stands where is here; what it says is in panels/, how it behaves in assets/js."""

import json

import gradio as gr

from app.web.components import FILES, controls_view, lazy_view, panel, plotly_view, wire
from app.web.panels import home, rail, running
from app.web.static_files import katex
from app.web.updates import FIGURES

TITLE = "Modelarium"


def build() -> gr.Blocks:
    """The whole page: its words stand at once, and what it asks for follows by the routes of ``app.web.routes``."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        with gr.Column(elem_id="page"):
            panel(rail.rail(), elem_id="rail")
            lazy_view(elem_id="classroom")
            panel(elem_id="bar")
            with gr.Column(elem_id="words"):
                panel(elem_id="head")
                with gr.Column(elem_id="rest"):
                    for name in ("equations", "claims", "fact-check", "links"):
                        panel(elem_id=name)
            with gr.Column(elem_id="run"):
                panel(running.bar(), elem_id="runbar")
                panel(elem_id="finds")
                controls_view(elem_id="controls")
                panel(elem_id="notices")
                panel(elem_id="predictions")
                with gr.Column(elem_id="figures"):
                    for name in FIGURES:
                        plotly_view(elem_id=name)
                panel(elem_id="say")
                lazy_view(elem_id="runs")
                panel(running.tabs(), elem_id="tabs")
                panel(elem_id="numbers")
                panel(elem_id="code")
        with gr.Column(elem_id="home"):
            with gr.Column(elem_id="opening"):
                panel(home.top(), elem_id="pitch")
                plotly_view(elem_id="hero")
            panel(elem_id="entries-of-chapter")
            panel(home.chapters(), elem_id="chapters-panel")
        for name in ("compare", "map"):
            lazy_view(elem_id=name)
        wire(elem_id="wire")
    return page


def inline_script() -> str:
    """The one script that stands in the page itself: where the libraries lie."""
    where = {"plotly": FILES.plotly, "katex": katex()[0], "folder": FILES.folder}
    return f"window.modelarium={json.dumps(where)}"


def head() -> str:
    """Style sheets, and everything that the first figure will need, asked for early."""
    _, styles = katex()
    sheets = [FILES.address(f"css/{name}.css") for name in ("tokens", "gradio", "page", "figures", "home")]
    links = [f'<link rel="stylesheet" href="{sheet}">' for sheet in (styles, *sheets)]
    links += [f'<link rel="modulepreload" href="{address}">' for address in FILES.modules()]
    return f"<script>{inline_script()}</script>" + "".join(links)
