"""A run as a Python script that prints the numbers on the page, for whoever wants to go on from there."""

import re

from app.controls import changed
from app.experiments.base import Controls
from app.web import permalink
from glossary.condition import Condition
from glossary.schema import Claim, Entry

SCRIPT = '''"""{title}, as Modelarium shows it at {address}

Run it in a checkout of Modelarium, with its virtual environment: .venv/bin/python {slug}.py
"""

from app.experiments import experiment
from app.moments import results

controls = experiment({experiment!r}).controls(
{controls}
)
*_, run = results({experiment!r}, controls, device="cpu", deadline=120)
m = run.metrics

for name, value in m.items():
    print(f"{{name}} = {{value!r}}")

claims = {{
{claims}
}}
for says, holds in claims.items():
    print("held  " if holds else "FAILED", says)
'''


def script(entry: Entry, controls: Controls) -> str:
    """At most 80 lines that import the entry's experiment, run it with these controls and print what it measures."""
    given = controls.model_dump()
    return SCRIPT.format(
        title=entry.title.replace("\\", "").replace('"', "'"),
        address=permalink.write(entry.slug, changed(controls, entry.live.preset)).replace("\\", ""),
        slug=entry.slug,
        experiment=entry.live.experiment,
        controls="\n".join(f"    {name}={value!r}," for name, value in given.items()),
        claims="\n".join(_line(claim, controls.published) for claim in entry.live.claims),
    )


def _line(claim: Claim, published: bool) -> str:
    """A claim and its condition; for a published model only if the run measures what it speaks of."""
    if published and claim.published:
        claim = claim.of({Condition.parse(claim.published.holds).metric})
    pair = f"{claim.says!r}: {_condition(claim)}"
    return f'    **({{{pair}}} if "{claim.condition.metric}" in m else {{}}),' if published else f"    {pair},"


def _condition(claim: Claim) -> str:
    """“loss_nats < 0.05” → “m["loss_nats"] < 0.05”."""
    metric = claim.condition.metric
    return re.sub(rf"\b{metric}\b", f'm["{metric}"]', claim.holds)
