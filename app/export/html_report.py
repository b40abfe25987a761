"""A run to take away: its figures and numbers as one HTML file that needs nothing else."""

from html import escape

from plotly.offline import get_plotlyjs

from app.claims import bound, check
from app.number_format import label, number
from app.runner import Run
from glossary.schema import Entry


def page(entry: Entry, run: Run) -> str:
    """The figures with their words, the claims with their verdicts and all measured numbers."""
    figures = "".join(
        f"<h2>{escape(figure.title)}</h2><p>{escape(figure.text)}</p>"
        + figure.plot.to_html(full_html=False, include_plotlyjs=False, default_height=f"{figure.height}px")
        for figure in run.figures.values()
    )
    claims = "".join(
        f"<li><b>{checked.verdict}</b> {escape(checked.claim.says)} "
        f"({number(checked.value)}; {escape(bound(checked.claim.condition))})</li>"
        for checked in check(entry, run.metrics)
    )
    rows = "".join(
        f"<tr><td>{escape(label(name, run.labels))}</td><td>{number(value)}</td></tr>"
        for name, value in run.metrics.items()
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(entry.title)}</title>'
        "<style>body{max-width:860px;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}"
        "td{padding:.2rem 1rem .2rem 0}</style>"
        f"<script>{get_plotlyjs()}</script><h1>{escape(entry.title)}</h1><p>{escape(entry.definition)}</p>"
        f"{figures}<h2>Checked by this run</h2><ul>{claims}</ul><table>{rows}</table>"
        f"<p>{escape(run.badge)}, {escape(run.device)}, seed {run.controls.seed}</p></html>"
    )
