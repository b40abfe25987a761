"""Every entry's live evidence holds at five seeds, breaks where the entry says so, and belongs to that entry alone."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest

from app.binding import check as check_binding
from app.experiments import experiment
from app.runner import Run, results
from app.source import source
from app.teaching.predictions import answer, settings_of_maps
from glossary import reader
from glossary.schema import Claim, Entry, Prediction

SEEDS = range(5)


def _set(entry: Entry, change: Mapping[str, Any]) -> Entry:
    return entry.model_copy(update={"live": entry.live.model_copy(update={"preset": entry.live.preset | change})})


ENTRIES = list(reader.entries().values())
CLAIMS = [pytest.param(e, c, id=f"{e.slug}-{i}") for e in ENTRIES for i, c in enumerate(e.live.claims, 1)]
PREDICTIONS = [pytest.param(e, p, id=f"{e.slug}-{i}") for e in ENTRIES for i, p in enumerate(e.live.predictions, 1)]
PREDICTIONS += [
    pytest.param(_set(reader.entries()[part.entry], part.set), part.question, id=f"{lesson.slug}-{number}")
    for lesson in reader.lessons().values()
    for number, part in enumerate(lesson.parts, 1)
    if isinstance(part.question, Prediction)
]
WIRE_BYTES = 100_000


@lru_cache(maxsize=64)
def _run(id: str, setting: tuple[tuple[str, Any], ...]) -> Run:
    found = experiment(id)
    *_, last = results(id, found.controls(**dict(setting)), "cpu", deadline=120)
    return last


def run(entry: Entry, **change: Any) -> Run:
    return _run(entry.live.experiment, tuple(sorted((entry.live.preset | change).items())))


def test_words_and_code_fit_together() -> None:
    check_binding()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_every_claim_holds(entry: Entry, seed: int) -> None:
    metrics = run(entry, seed=seed).metrics
    broken = [
        f"{c.says} {metrics[c.condition.metric]} ({c.holds})"
        for c in entry.live.claims
        if not c.condition.holds(metrics)
    ]
    assert not broken


@pytest.mark.parametrize(("entry", "claim"), CLAIMS)
def test_the_claim_fails_where_the_entry_says_it_must(entry: Entry, claim: Claim) -> None:
    metrics = run(entry, **claim.fails_for).metrics
    assert not claim.condition.holds(metrics), metrics[claim.condition.metric]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("entry", "prediction"), PREDICTIONS)
def test_a_prediction_has_one_answer(entry: Entry, prediction: Prediction, seed: int) -> None:
    def measure(change: Mapping[str, Any]) -> Mapping[str, float]:
        return run(entry, seed=seed, **change).metrics

    found = answer(prediction, measure)
    if prediction.low is not None and prediction.high is not None:
        assert all(prediction.low <= value <= prediction.high for value in found.curve or [found.value])


@pytest.mark.parametrize(("entry", "prediction"), [one for one in PREDICTIONS if one.values[1].kind == "map"])
def test_maps_can_be_told_apart(entry: Entry, prediction: Prediction) -> None:
    plots = [run(entry, **change).figures[prediction.figure].plot for change in settings_of_maps(prediction)]
    assert len({repr(plot.to_dict()["data"]) for plot in plots}) == len(plots)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_figures_are_worded_light_and_stable(entry: Entry) -> None:
    shown = run(entry)
    assert 1 <= len(shown.figures) <= 3
    for key, figure in shown.figures.items():
        assert figure.title, key
        assert figure.caption, key
        assert figure.text.endswith("."), key
        assert len(figure.plot.to_json()) <= WIRE_BYTES, key
        assert len(figure.plot.data) > 0, key
        assert figure.plot.layout.title.text is None, f"{key}: the title belongs above the plot"
    for claim in entry.live.claims:
        assert list(run(entry, **claim.fails_for).figures) == list(shown.figures)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_the_line_of_a_step_stands_in_the_code_that_is_shown(entry: Entry) -> None:
    code = "\n".join(source(equation.code).text for equation in entry.equations)
    for figure in run(entry).figures.values():
        assert len(figure.lines) in (0, len(figure.plot.frames))
        assert [line for line in figure.lines if line not in code] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_the_same_seed_gives_the_same_numbers(entry: Entry) -> None:
    kind = experiment(entry.live.experiment)
    *_, again = results(entry.live.experiment, kind.controls(**entry.live.preset), "cpu", deadline=120)
    assert again.metrics == run(entry).metrics


def test_no_two_entries_show_the_same_run() -> None:
    shown = [(e.live.experiment, repr(experiment(e.live.experiment).controls(**e.live.preset))) for e in ENTRIES]
    assert len(shown) == len(set(shown))
