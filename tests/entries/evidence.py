"""What an entry says of its runs, held against runs: its claims, and what its breaks and matched controls must do."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from app.experiments import experiment
from app.runner import Run, results
from glossary.condition import Condition
from glossary.schema import Entry

DEADLINE_SECONDS = 120.0

Measure = Callable[[Mapping[str, Any]], Mapping[str, float]]
"""Changes of the preset → the metrics of a run at that setting."""


class Finding(NamedTuple):
    """One condition on one run, and whether it is to hold there."""

    what: str  # “claim 1”, “break 1”, “symptom 1”, “control 1”
    condition: Condition
    wanted: bool
    value: float

    @property
    def right(self) -> bool:
        return self.condition.holds({self.condition.metric: self.value}) == self.wanted

    def __str__(self) -> str:
        test = f"{self.condition.metric} {self.condition.words}"
        return f"{self.what}: {self.value:.6g}, {'' if self.wanted else 'not '}{test}"


def findings(entry: Entry, measure: Measure, breaks: bool = True) -> Iterator[Finding]:
    """Every claim of the entry; with ``breaks`` also what must fail, must show and must hold when controls change.

    A claim has to apply wherever it is held against a run: at the preset, where it is broken and at its control.
    """

    def on(what: str, text: str, change: Mapping[str, Any], wanted: bool = True) -> Finding:
        condition = Condition.parse(text)
        return Finding(what, condition, wanted, measure(change)[condition.metric])

    for number, claim in enumerate(entry.live.claims, 1):
        settings = {"claim": {}}
        if breaks:
            settings |= {"break": claim.fails_for} | ({"control": claim.control} if claim.control else {})
        for what, change in settings.items():
            if claim.applies:
                yield on(f"{what} {number} applies", claim.applies, change)
            yield on(f"{what} {number}", claim.holds, change, wanted=what != "break")
        if breaks and claim.shows:
            yield on(f"symptom {number}", claim.shows, claim.fails_for)


def last_run(entry: Entry, change: Mapping[str, Any]) -> Run:
    """The end of a run of the entry with its preset so changed."""
    found = experiment(entry.live.experiment)
    controls = found.controls(**{**entry.live.preset, **change})
    *_, last = results(entry.live.experiment, controls, "cpu", deadline=DEADLINE_SECONDS)
    return last


class Runs:
    """The runs of one entry, each setting computed once."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._kept: dict[str, Run] = {}

    def __call__(self, **change: Any) -> Run:
        kind = experiment(self.entry.live.experiment).controls
        setting = repr(kind(**{**self.entry.live.preset, **change}))
        if setting not in self._kept:
            self._kept[setting] = last_run(self.entry, change)
        return self._kept[setting]

    def metrics(self, seed: int) -> Measure:
        """What a run at that seed measures, by changes of the preset."""
        return lambda change: self(**{**change, "seed": seed}).metrics
