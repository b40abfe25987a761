"""The claims of an entry, each with the verdict of the run, its measured number and the switch that breaks it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.claims import Checked
from app.number_format import number
from app.web.panels.icons import FAILED, HELD, ICONS, UNKNOWN
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import inline
from app.web.panels.words import citation, section
from glossary import reader
from glossary.condition import Condition
from glossary.schema import Claim, Entry, Stated


def claims(entry: Entry, checked: Sequence[Checked], controls: Mapping[str, Any]) -> Markup:
    """Every claim under a tally. Before the first run (nothing checked) no verdict is shown."""
    verdicts = {verdict.claim.says: verdict for verdict in checked}
    held = sum(one.verdict == "held" for one in checked)
    tally = f"{held} of {len(checked)} held" if checked else "checking"
    rows = join(
        _claim(index, claim, verdicts.get(claim.says), controls) for index, claim in enumerate(entry.live.claims)
    )
    return html(
        """
        {}<div class="claims">{}</div>
        <button class="btn diagnose" type="button" data-act="diagnose">{}Diagnose: throw a switch unseen</button>
        """,
        section("Checked by this run", tally), rows, ICONS["diagnose"],
    )  # fmt: skip


def _claim(index: int, claim: Claim, verdict: Checked | None, controls: Mapping[str, Any]) -> Markup:
    failed = verdict is not None and verdict.verdict == "failed"
    broken = bool(controls) and all(controls.get(name) == value for name, value in claim.fails_for.items())
    return html(
        """
        <div class="claim{state}"><span class="st">{icon}</span><p class="says">{says}</p>{symptom}
          <div class="meta">
            <span>{verdict}</span>
            <button class="sw" type="button" role="switch" aria-checked="{broken}" data-act="break" data-claim="{index}"
              data-change="{change}" title="Break it: see the claim fail"><i></i><span>{switch}</span></button>
          </div>
          {stated}
        </div>
        """,
        state=" failed" if failed else "",
        icon=UNKNOWN if verdict is None else FAILED if failed else HELD,
        says=inline(claim.says),
        symptom=html('<p class="sym">Look: {}</p>', inline(_lower_first(claim.symptom))) if failed else EMPTY,
        verdict=_verdict(claim, verdict),
        broken=str(broken).lower(),
        index=index,
        change=json.dumps(claim.fails_for),
        switch=claim.switch,
        stated=_stated(claim.stated) if claim.stated else EMPTY,
    )


def _verdict(claim: Claim, verdict: Checked | None) -> Markup:
    limit = bound(claim.condition)
    if verdict is None:
        return html("{} {}", claim.value_label, limit)
    label = f"{claim.value_label} " if claim.value_label else ""
    return html('<b>{}</b> · {}<span class="val">{}</span>, {}', verdict.verdict, label, short(verdict.value), limit)


def _stated(stated: Stated) -> Markup:
    known = stated.by.partition("#")[0] in reader.references()
    source = citation(stated.by) if known else html("{}", stated.by)
    said = Markup(". ").join([source, inline(stated.note)] if stated.note else [source])
    return html('<p class="stated"><b>stated</b> <span class="val">{}</span> {}</p>', stated.value, said)


def short(value: float) -> str:
    """Two digits for what is very small, else as everywhere: the row is narrow."""
    if value and abs(value) < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}".replace("-", "−")
    return number(value)


def bound(condition: Condition) -> str:
    """“below 1e−5”, “between 0.9 and 1”."""
    return re.sub(r"-?\d[\d.]*(?:e[-+]?\d+)?", lambda found: short(float(found[0])), condition.words)


def _lower_first(sentence: str) -> str:
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
