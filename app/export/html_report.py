"""A run to take away: its words, figures and numbers as one HTML file that needs nothing else."""

import json
from collections.abc import Iterator

from markupsafe import Markup

from app.claims import bound, check
from app.export.run_json import written
from app.export.wav import data_address
from app.moments import Run
from app.number_format import label, number
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import blocks, caption, inline
from glossary.schema import Entry
from visualizers.theme import PALETTE

LIBRARY = "<!-- plotly.js -->"
"""Stands in the page where plotly.js belongs: the command line puts it in, a browser has it already."""

STYLE = """
body { max-width: 860px; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: #1c1f27 }
h2 { margin: 1.6em 0 .2em; font-size: 1.15em } p { margin: .3em 0 }
table { border-collapse: collapse; margin: .6em 0 }
td { padding: .15rem 1.4rem .15rem 0; border-bottom: 1px solid #e6e3dc }
td + td { font-family: ui-monospace, monospace }
.key i { display: inline-block; width: 13px; height: 3px; margin-right: 5px; vertical-align: .24em }
.key i.sq { height: 10px; vertical-align: -.06em } .key i.ramp { width: 40px; height: 8px; vertical-align: 0 }
.tex { font-family: ui-monospace, monospace; font-size: .92em }
.step { display: flex; gap: 12px; align-items: center } .step input { flex: 1 } .step output { min-width: 9em }
"""

SCRIPT = """
for (const [id, figure] of Object.entries(FIGURES)) {
  const { data, layout, frames, start, steps } = figure;
  const drawn = Plotly.newPlot(id, { data, layout, frames, config: { displayModeBar: false, responsive: true } });
  if (frames.length < 2) continue;
  const row = Object.assign(document.createElement('div'), { className: 'step' });
  row.innerHTML = `<input type="range" min="0" max="${frames.length - 1}" aria-label="Step"><output></output>`;
  document.getElementById(id).after(row);
  const [slider, output] = row.children;
  const show = () => {
    const name = String(frames[slider.value].name);
    output.textContent = /^[\\d.]+$/.test(name) && steps ? `${steps} ${name}` : name;
    const now = { mode: 'immediate', transition: { duration: 0 }, frame: { duration: 0, redraw: true } };
    Plotly.animate(id, [name], now);
  };
  slider.addEventListener('input', show);
  slider.value = start;
  drawn.then(show);
}
"""


def page(entry: Entry, run: Run, address: str = "") -> str:
    """The whole report without plotly.js, which belongs at ``LIBRARY``; ``address`` leads back to this state."""
    return html(
        """
        <!doctype html><html lang="en"><meta charset="utf-8">
        <meta name="viewport" content="width=device-width"><title>{title}</title><style>{style}{colours}</style>
        <script>{library}</script>
        <h1>{title}</h1>{definition}{figures}
        <h2>Checked by this run</h2><ul>{claims}</ul>
        <h2>Measured</h2><table>{rows}</table>
        <p>{badge}, {device}, seed {seed}{back}</p><script>const FIGURES = {data};{script}</script></html>
        """,
        title=entry.title,
        style=Markup(STYLE),
        colours=Markup(f":root {{ {' '.join(_colours())} }}"),
        library=Markup(LIBRARY),
        definition=blocks(entry.definition),
        figures=join(_figure(run, key) for key in run.figures),
        claims=join(
            html("<li><b>{}</b> {} ({}; {})</li>", one.verdict, inline(one.claim.says), number(one.value),
                 bound(one.claim.condition) + (", threshold of published models" if one.own_threshold else ""))
            for one in check(entry, run.metrics)
        ),
        rows=join(
            html("<tr><td>{}</td><td>{}</td></tr>", label(name, run.labels), number(value))
            for name, value in run.metrics.items()
        ),
        badge=run.badge,
        device=run.device,
        seed=run.controls.seed,
        back=html(', <a href="{0}">{0}</a>', address) if address else EMPTY,
        data=Markup(written(_data(run)).replace("<", "\\u003c")),
        script=Markup(SCRIPT),
    )  # fmt: skip


def whole(entry: Entry, run: Run) -> str:
    """The report with plotly.js in it."""
    from plotly.offline import get_plotlyjs

    return page(entry, run).replace(LIBRARY, get_plotlyjs().replace("</script", "<\\/script"))


def _figure(run: Run, key: str) -> Markup:
    figure = run.figures[key]
    heard = EMPTY
    if figure.sound is not None:
        heard = html(
            '<audio controls preload="none" aria-label="Sound of {}" src="{}"></audio>',
            figure.title, data_address(figure.sound),
        )  # fmt: skip
    return html(
        '<h2>{}</h2><p>{}</p><div id="figure-{}"></div>{}<p>{}</p>',
        figure.title, caption(figure.caption, linked=False), key, heard, figure.text,
    )  # fmt: skip


def _data(run: Run) -> dict[str, dict[str, object]]:
    """Plotly's own form of each figure; room for labels that would be cut."""
    found = {}
    for key, figure in run.figures.items():
        plot = json.loads(figure.plot.to_json())
        layout = plot["layout"] | {"height": figure.height, "autosize": True}
        for axis in (name for name in layout if name.startswith(("xaxis", "yaxis"))):
            layout[axis] = {**layout[axis], "automargin": True}
        found[f"figure-{key}"] = {
            "data": plot["data"], "layout": layout, "frames": plot.get("frames", []), "start": figure.start,
            "steps": figure.steps,
        }  # fmt: skip
    return found


def _colours() -> Iterator[str]:
    for name, value in PALETTE.items():
        yield f"--{name}: {value if isinstance(value, str) else ', '.join(value)};"
