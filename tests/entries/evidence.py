"""What an entry says of its runs, held against runs: its claims, and what its breaks and matched controls must do."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from app.experiments import experiment
from app.experiments.base import Controls, Figures
from app.moments import to_cpu
from app.teaching.predictions import NoAnswer, answer
from app.teaching.questions import of_part
from glossary import reader
from glossary.condition import Condition
from glossary.schema import Entry, Prediction

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


class Shown(NamedTuple):
    """What one run measured and drew."""

    metrics: Mapping[str, float]
    figures: Figures  # with their sources, which hold the tensors


class Runs:
    """The runs of one entry, by changes of its preset; each setting is computed once."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._experiment = experiment(entry.live.experiment)
        self._shown: dict[Controls, Shown] = {}
        self._metrics: dict[Controls, Mapping[str, float]] = {}
        self._measured: dict[Controls, Any] = {}  # results that were measured and are not drawn yet

    def __call__(self, **change: Any) -> Shown:
        """The last result with its figures, which are kept."""
        controls = self._controls(change)
        if controls not in self._shown:
            result = self._measured.pop(controls, None)
            if result is None:
                result = self._result(controls)
                self._metrics[controls] = self._experiment.measure(result)
            metrics = self._metrics[controls]
            self._shown[controls] = Shown(metrics, self._experiment.figures(result, metrics))
        return self._shown[controls]

    def metrics(self, seed: int | None = None) -> Measure:
        """What a run measures, by changes of the preset, with that seed in each of them; nothing is drawn.

        Without a seed the results are kept, since some of them are drawn by a later test.
        """
        at = {} if seed is None else {"seed": seed}

        def measure(change: Mapping[str, Any]) -> Mapping[str, float]:
            controls = self._controls({**change, **at})
            if controls not in self._metrics:
                result = self._result(controls)
                self._metrics[controls] = self._experiment.measure(result)
                if seed is None:
                    self._measured[controls] = result
            return self._metrics[controls]

        return measure

    def _controls(self, change: Mapping[str, Any]) -> Controls:
        kind: type[Controls] = self._experiment.controls
        return kind(**{**self.entry.live.preset, **change})

    def _result(self, controls: Controls) -> Any:
        computed = self._experiment.run(controls, "cpu")
        if isinstance(computed, Iterator):
            *_, computed = computed
        return to_cpu(computed)


@lru_cache(maxsize=2)
def runs_of(slug: str) -> Runs:
    """The runs of that entry, shared by all tests of it; those of an earlier entry are forgotten."""
    return Runs(reader.entries()[slug])


def in_lessons(entry: Entry, measure: Measure) -> Iterator[Finding]:
    """Where a lesson stops at the entry: its claim holds as the question chose the setting, and B breaks it there."""
    for lesson in reader.lessons().values():
        for number, part in enumerate(lesson.parts, 1):
            if part.entry != entry.slug:
                continue
            asked, claim = of_part(lesson.slug, number).asked, entry.live.claims[part.breaks - 1]
            for what, change, wanted in (("", asked, True), (", broken", {**asked, **claim.fails_for}, False)):
                metrics, place = measure(change), f"{lesson.slug}, part {number}{what}"
                if claim.applies:
                    applies = Condition.parse(claim.applies)
                    yield Finding(f"{place}, applies", applies, True, metrics[applies.metric])
                yield Finding(place, claim.condition, wanted, metrics[claim.condition.metric])


def predictions_of(entry: Entry) -> list[tuple[Mapping[str, Any], Prediction]]:
    """What readers of the entry are asked, here and in lessons, each with the changes of the preset it is asked at."""
    parts = [part for lesson in reader.lessons().values() for part in lesson.parts if part.entry == entry.slug]
    own: list[tuple[Mapping[str, Any], Prediction]] = [({}, asked) for asked in entry.live.predictions]
    return own + [(part.set, part.question) for part in parts if isinstance(part.question, Prediction)]


def unanswered(entry: Entry, measure: Measure) -> Iterator[str]:
    """Predictions that the runs do not answer with one of their choices, or with numbers off their slider."""
    for setting, asked in predictions_of(entry):
        try:
            found = answer(asked, lambda change, setting=setting: measure({**setting, **change}))
        except NoAnswer as none:
            yield str(none)
            continue
        if asked.low is not None and asked.high is not None:
            values = found.curve or (found.value,)
            off = [value for value in values if not asked.low <= value <= asked.high]
            yield from (f"{asked.asks!r}: {value:.6g} is not from {asked.low:g} to {asked.high:g}" for value in off)
