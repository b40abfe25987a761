"""The claims of an entry, each with the verdict of the run, its measured number and the switch that breaks it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.claims import Checked, Verdict, bound
from app.number_format import NO_LABELS, number, parted
from app.web.panels.icons import FAILED, HELD, ICONS, UNKNOWN
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import inline
from app.web.panels.words import section, short_citation
from glossary import reader
from glossary.condition import Condition
from glossary.schema import Claim, ClaimKind, Entry, Stated

KINDS: dict[ClaimKind, str] = {
    "learned": "Learned: could come out otherwise for another trained model",
    "measured": "Measured: could come out otherwise in another run",
    "identity": "Identity: true by definition; it checks the code",
    "computed": "Computed: arithmetic on sizes; it checks the formula",
}

ICON: dict[Verdict, Markup] = {"held": HELD, "failed": FAILED, "does not apply": UNKNOWN}


def claims(
    entry: Entry,
    checked: Sequence[Checked],
    controls: Mapping[str, Any],
    labels: Mapping[str, str] = NO_LABELS,
) -> Markup:
    """Every claim under a tally. Before the first run (nothing checked) no verdict is shown."""
    found = {one.place: one for one in checked}
    rows = join(
        _claim(place, found[place].claim if place in found else claim, found.get(place), controls, labels)
        for place, claim in enumerate(entry.live.claims)
    )
    return html(
        """
        {}<div class="claims">{}</div>
        <button class="btn diagnose" type="button" data-act="diagnose">{}Diagnose a hidden fault</button>
        """,
        section("Checked by this run", tally(checked, len(entry.live.claims))), rows, ICONS["diagnose"],
    )  # fmt: skip


def tally(checked: Sequence[Checked], claims: int) -> str:
    """“2 of 2 held, 1 does not apply”, and “so far” while some of the claims have no verdict."""
    if not checked:
        return "checking"
    held, idle = (sum(one.verdict == verdict for one in checked) for verdict in ("held", "does not apply"))
    rest = f", {idle} {'does' if idle == 1 else 'do'} not apply" if idle else ""
    so_far = " so far" if len(checked) < claims else ""
    return f"{held} of {claims - idle} held{so_far}{rest}"


def _claim(
    index: int, claim: Claim, checked: Checked | None, controls: Mapping[str, Any], labels: Mapping[str, str]
) -> Markup:
    """A symptom is told only where the claim's own switch is thrown and breaks it."""
    failed = checked is not None and checked.verdict == "failed"
    broken = _thrown(claim.fails_for, controls)
    return html(
        """
        <div class="claim{state}"><span class="st">{icon}</span><p class="says">{says}</p>{symptom}
          <div class="meta">
            <span class="kind" title="{meaning}">{kind}</span><span>{verdict}</span>
            <span class="switches">{breaks}{control}</span>
          </div>
          {stated}
        </div>
        """,
        state="" if checked is None else _STATES[checked.verdict],
        icon=UNKNOWN if checked is None else ICON[checked.verdict],
        says=inline(claim.says),
        symptom=html('<p class="sym">Look: {}</p>', inline(_lower_first(claim.symptom)))
        if failed and broken
        else EMPTY,
        meaning=KINDS[claim.kind],
        kind=claim.kind,
        verdict=_verdict(claim, checked, labels),
        breaks=_switch(claim.switch, claim.fails_for, broken, index, "Break it: see the claim fail")
        if claim.fails_for
        else EMPTY,
        control=_switch(
            claim.control_switch, claim.control, _thrown(claim.control, controls), None,
            "Matched control: a change of the same size; the claim holds",
        )
        if claim.control
        else EMPTY,
        stated=_stated(claim.stated) if claim.stated else EMPTY,
    )  # fmt: skip


_STATES: dict[Verdict, str] = {"held": "", "failed": " failed", "does not apply": " idle"}


def _thrown(change: Mapping[str, Any], controls: Mapping[str, Any]) -> bool:
    return bool(controls and change) and all(controls.get(name) == value for name, value in change.items())


def _switch(name: str, change: Mapping[str, Any], thrown: bool, breaks: int | None, title: str) -> Markup:
    """A switch that breaks a claim carries its number; a matched control is marked as one."""
    return html(
        """
        <button class="sw{kind}" type="button" role="switch" aria-checked="{thrown}" data-act="break" {claim}
          data-change="{change}" title="{title}"><i></i><span>{word}{name}</span></button>
        """,
        kind="" if breaks is not None else " control",
        thrown=str(thrown).lower(),
        claim=EMPTY if breaks is None else html('data-claim="{}"', breaks),
        change=json.dumps(change),
        title=title,
        word=EMPTY if breaks is not None else html('<span class="word">control: </span>'),
        name=name,
    )


def _verdict(claim: Claim, checked: Checked | None, labels: Mapping[str, str]) -> Markup:
    limit = bound(claim.condition)
    if checked is None:
        return html("{} {}", claim.value_label, limit)
    if checked.verdict == "does not apply":
        if not claim.applies:
            return html("<b>does not apply</b> · this run does not measure it")
        needed = Condition.parse(claim.applies)
        return html("<b>does not apply</b> · it needs {} {}", parted(needed.metric, labels)[0], bound(needed))
    name = f"{claim.value_label} " if claim.value_label else ""
    own = " (threshold of published models)" if checked.own_threshold else ""
    return html(
        '<b>{}</b> · {}<span class="val">{}</span>, {}{}', checked.verdict, name, number(checked.value), limit, own
    )


def _stated(stated: Stated) -> Markup:
    known = stated.by.partition("#")[0] in reader.references()
    source = short_citation(stated.by) if known else html("{}", stated.by)
    said = Markup(". ").join([source, inline(stated.note)] if stated.note else [source])
    return html('<p class="stated"><b>stated</b> <span class="val">{}</span> {}</p>', stated.value, said)


def _lower_first(sentence: str) -> str:
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
