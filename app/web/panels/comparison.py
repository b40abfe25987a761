"""The words around two sides: what is the same, what differs, as a sentence and as a table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from app.claims import verdict
from app.number_format import NO_LABELS, begun, label, number, parted
from app.web.comparison.differences import Difference, rounded, telling
from app.web.panels.bar import icon_button, theme_button
from app.web.panels.icons import MARK
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.pairs import pairs
from app.web.panels.prose import first_sentence, inline
from app.web.panels.settings import setting as in_words
from app.web.panels.settings import value_in_words
from glossary.schema import Claim, Entry

if TYPE_CHECKING:  # a pair knows the experiments, which the first page does not wait for
    from app.web.comparison.pair import Pair, Side

Metrics = Mapping[str, float]
Labels = Mapping[str, str]


def bar(left: Entry, right: Entry) -> Markup:
    return html(
        """
        <header class="bar">
          <div class="crumbs"><a class="brand" href="?">{mark}<span class="wide">Modelarium</span></a>
            <span aria-hidden="true">/</span><a href="?entry={slug}">{title}</a><span aria-hidden="true">/</span>
            <span>Compare</span></div>
          <div class="acts"><button class="btn" type="button" data-act="swap">Swap sides</button>{share}{theme}</div>
        </header>
        <h1 class="sr" tabindex="-1">{heading}</h1>
        """,
        mark=MARK,
        slug=left.slug,
        title=left.title,
        share=icon_button("copy", "share", "Copy the address of both sides"),
        theme=theme_button(),
        heading=title(left, right),
    )


def title(left: Entry, right: Entry) -> str:
    return f"{left.title} at two settings" if left.slug == right.slug else f"{left.title} beside {right.title}"


def heading(name: str, under: str) -> Markup:
    """A side's name, and under it what that is."""
    return html('<h2><i aria-hidden="true"></i>{}</h2><p class="sub">{}</p>', name, inline(under))


def lead(entry: Entry) -> str:
    return first_sentence(entry.definition)[0]


def setting(side: "Side") -> str:
    """What kind of setting of its entry a side is."""
    chosen, preset = side.controls.model_dump(), type(side.controls)(**side.entry.live.preset).model_dump()
    changed = {name: value for name, value in chosen.items() if value != preset[name]}
    broken = next((claim.switch for claim in side.entry.live.claims if claim.fails_for == changed), None)
    if broken:
        return f"With the switch “{broken}” thrown"
    return "Not as its page opens it" if changed else "As its page opens it"


def names(pair: "Pair") -> tuple[str, str]:
    """What tells the sides apart: two entries by their titles, one entry by its differing controls."""
    if not pair.one_entry:
        return pair.left.entry.title, pair.right.entry.title
    if not pair.differing:
        return "Left", "Right"
    one, other = (_settings(side, pair.differing) for side in pair.sides)
    return begun(one), begun(other)


def _settings(side: "Side", controls: Sequence[str], most: int = 2) -> str:
    """“base 10 000 and head width 32”."""
    told = [in_words(side.controls, name) for name in controls[:most]]
    more = [f"{len(controls) - most} more"] if len(controls) > most else []
    return " and ".join([", ".join(told), *more] if more else told)


def same(pair: "Pair", in_sight: Sequence[str], scales: bool) -> Markup:
    """“Same on both sides: seed 0, head width 32, colours and axes”."""
    shown = [name for name in pair.shared if name in in_sight or name == "seed"]
    told = [_settings(pair.left, [name]) for name in shown]
    if scales:
        told.append("colours and axes")
    if not told:
        return html("Nothing is the same on both sides: they take different inputs.")
    return html("Same on both sides: {}", ", ".join(told))


def sentence(
    pair: "Pair", found: Sequence[Difference], left: Metrics, right: Metrics, labels: Labels = NO_LABELS
) -> Markup:
    """What changes most from left to right, how much stays, and which claims part."""
    common = [one for one in found if not one.kind.startswith("only")]
    if pair.one_entry and not pair.differing:
        return html("Both sides are at the same setting: set a control apart, or choose another entry.")
    if not common:
        return html("The two measure different things: their numbers stand side by side below.")
    claims = _claims_told(pair, left, right)
    told = telling(found, [*(name for name in labels if name.startswith("shared_")), *_claimed(pair)])
    if not told:
        return html("{}, all {} numbers are the same. {}", _turn(pair), len(common), claims)
    quiet = sum(not one.changes for one in common)
    rest = html("{} of {} numbers stay the same.", quiet, len(common)) if quiet else EMPTY
    return html("{}, {}. {} {}", _turn(pair), join((_told(one, labels) for one in told), " and "), rest, claims)


def _turn(pair: "Pair") -> str:
    if not pair.one_entry:
        return f"With {pair.right.entry.title} in place of {pair.left.entry.title}"
    before = _settings(pair.left, pair.differing)
    if len(pair.differing) == 1:
        before = value_in_words(pair.left.controls, pair.differing[0])
    return f"With {_settings(pair.right, pair.differing)} instead of {before}"


def _told(one: Difference, labels: Labels) -> Markup:
    name, unit = parted(one.metric, labels)
    unit = f" {unit}" if unit else ""
    if one.kind == "fold":
        verb = "grows" if abs(one.right) > abs(one.left) else "shrinks"
        return html(
            "{} {} <b>{}-fold</b>, from {} to {}{}",
            name, verb, rounded(one.ratio), number(one.left), number(one.right), unit,
        )  # fmt: skip
    verb = "rises" if one.grows else "falls"
    return html("{} {} from {} to <b>{}</b>{}", name, verb, number(one.left), number(one.right), unit)


def _claimed(pair: "Pair") -> list[str]:
    return [claim.condition.metric for side in pair.sides for claim in side.entry.live.claims]


def _claims_told(pair: "Pair", left: Metrics, right: Metrics) -> Markup:
    """Whether the claims of the left entry, as far as both runs can judge them, hold on both sides."""
    both = left.keys() & right.keys()
    told = [(claim.of(left), claim.of(right)) for claim in pair.left.entry.live.claims]
    judged = [here for here, there in told if here == there and here.condition.metric in both]
    verdicts = [(claim.says, _verb(claim, left), _verb(claim, right)) for claim in judged]
    for says, here, there in verdicts:
        if here != there:
            return html("“{}” <b>{} on the left and {} on the right</b>.", inline(says.rstrip(".")), here, there)
    if not judged or any(here != "holds" for _, here, _ in verdicts):
        return EMPTY
    many = "The claim" if len(judged) == 1 else f"The {len(judged)} claims"
    return html("{} of {} {} on both sides.", many, pair.left.entry.title, "holds" if len(judged) == 1 else "hold")


def _verb(claim: Claim, metrics: Metrics) -> str:
    return {"held": "holds", "failed": "fails"}.get(verdict(claim, metrics), "does not apply")


def table(
    found: Sequence[Difference], sides: tuple[str, str], telling: Sequence[str], labels: Labels = NO_LABELS
) -> Markup:
    """Every number that both sides measure and how far apart they are; folded, those that only one side does."""
    both = [one for one in found if not one.kind.startswith("only")]
    alone = [one for one in found if one.kind.startswith("only")]
    shown = _table(both, sides, telling, labels) if both else EMPTY
    if not alone:
        return shown
    count = "1 number" if len(alone) == 1 else f"{len(alone)} numbers"
    return html(
        '{}<details class="only"><summary>{} that only one side measures</summary>{}</details>',
        shown, count, _table(alone, sides, telling, labels),
    )  # fmt: skip


def _table(rows: Sequence[Difference], sides: tuple[str, str], telling: Sequence[str], labels: Labels) -> Markup:
    return html(
        """
        <table class="diff">
          <thead><tr><th scope="col">Measured in these two runs</th><th scope="col">{}</th><th scope="col">{}</th>
            <th scope="col">difference</th></tr></thead>
          <tbody>{}</tbody>
        </table>
        """,
        *sides, join(_row(one, one.metric in telling, labels) for one in rows),
    )  # fmt: skip


def _row(one: Difference, big: bool, labels: Labels) -> Markup:
    return html(
        '<tr class="{}"><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>',
        "big" if big else "" if one.changes else "quiet",
        label(one.metric, labels),
        "–" if one.kind == "only right" else number(one.left),
        "–" if one.kind == "only left" else number(one.right),
        one.words,
    )


def worth_a_look(entry: Entry, here: str) -> Markup:
    """Other pairs of the left entry."""
    chips = pairs(entry, but=here)
    return html('<p class="pairs">Also worth a look beside {}: {}</p>', entry.title, chips) if chips else EMPTY
