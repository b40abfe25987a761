"""The words around the figures: badge, notices, text twin, numbers, code."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from markupsafe import Markup

from app.claims import check
from app.number_format import asked_for, filled, label, number
from app.source import source
from app.web.panels.code import copied, listing
from app.web.panels.icons import ICONS
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import inline, measured
from glossary.schema import Entry

if TYPE_CHECKING:  # the runner imports torch, which the first page does not wait for
    from app.moments import Run

SAVED = ("png", "svg", "html", "csv", "json", "py", "cards", "embed")


def bar() -> Markup:
    """Badge, Reset or Stop, More controls. The browser writes the badge's moving part."""
    return html(
        """
        <div class="runbar">
          <p class="live" role="status"><span class="pulse"></span><span class="line"></span></p>
          <span class="acts">{reset}{stop}{more}</span>
        </div>
        """,
        reset=_button("reset", "Reset"),
        stop=_button("stop", "Stop", "hidden"),
        more=_button("more", "More controls", 'aria-expanded="false" aria-controls="controls"'),
    )


def _button(act: str, name: str, attributes: str = "") -> Markup:
    return html(
        '<button class="btn" type="button" data-act="{}" aria-label="{}" {}>{}<span class="lbl">{}</span></button>',
        act, name, Markup(attributes), ICONS[act], name,
    )  # fmt: skip


def tabs() -> Markup:
    """Numbers and Code; what can be saved, made in the browser."""
    return html(
        """
        <div class="tabs">
          <div role="tablist" aria-label="Details of the run">{numbers}{code}</div>
          <span class="dl">Save {saves}</span>
        </div>
        """,
        numbers=_tab("numbers", chosen=True),
        code=_tab("code"),
        saves=join(
            html('<button type="button" data-act="save" data-kind="{}">{}</button>', kind, kind.upper())
            for kind in SAVED
        ),
    )


def _tab(panel: str, *, chosen: bool = False) -> Markup:
    return html(
        """
        <button type="button" role="tab" id="tab-{panel}" aria-controls="{panel}" aria-selected="{chosen}"
          tabindex="{order}" data-act="tab">{name}</button>
        """,
        panel=panel,
        chosen=str(chosen).lower(),
        order=0 if chosen else -1,
        name=panel.capitalize(),
    )


def badge(run: "Run") -> list[str]:
    """What kind of run it was and what it took, in the order shown."""
    parts = [run.badge, f"{duration(run.seconds)}", run.device, f"seed {run.controls.seed}"]
    return parts + ([f"{count(run.parameters)} parameters"] if run.parameters else [])


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def count(size: int) -> str:
    """“812”, “13 k”, “1.4 M”."""
    if size < 10_000:
        return number(size)
    return f"{size / 1e3:.0f} k" if size < 999_500 else f"{size / 1e6:.1f} M"


def notices(lines: Iterable[str], *, wrong: bool = False) -> Markup:
    """Messages for the reader: a cut text, a refused value, a failed run."""
    kind = "notice wrong" if wrong else "notice"
    return join(html('<p class="{}" role="alert">{}</p>', kind, line) for line in lines)


def finds(entry: Entry, run: "Run") -> Markup:
    """What to find on this page, with the numbers of this run; nothing that a failing claim would contradict."""
    if not entry.live.finds:
        return EMPTY
    if any(one.verdict == "failed" for one in check(entry, run.metrics)):
        failed = "At this setting a claim fails. Reset brings back what there is to find."
        return html('<p class="finds">{}</p>', failed if run.done else "Training: what there is to find is to come.")
    if not asked_for(entry.live.finds) <= run.metrics.keys():
        return html(
            '<p class="finds">What there is to find is of the tiny world, and this run does not measure it.</p>'
        )
    if any(math.isnan(run.metrics[name]) for name in asked_for(entry.live.finds)):
        return html('<p class="finds">What there is to find is not measured at this setting, or not yet.</p>')
    return html('<p class="finds"><b>What to find</b> {}</p>', inline(filled(entry.live.finds, run.metrics)))


def say(run: "Run") -> Markup:
    """The figures as sentences."""
    return html(
        '<p class="say" aria-live="polite">{}</p>',
        join((measured(figure.text) for figure in run.figures.values()), " "),
    )


def numbers(run: "Run") -> Markup:
    rows = join(
        html("<div><dt>{}</dt><dd>{}</dd></div>", label(name, run.labels), number(value))
        for name, value in run.metrics.items()
    )
    return html('<dl class="nums">{}</dl>', rows)


def code(entry: Entry) -> Markup:
    """The source of every equation's function, once each."""
    names = dict.fromkeys(equation.code for equation in entry.equations)
    return join(copied(listing(source(name))) for name in names) or EMPTY
