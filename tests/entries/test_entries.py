"""Every entry's live evidence holds, breaks where the entry says so, and belongs to that entry alone.

Each is run at its preset, at every break and at every matched control. Those that changed since they were last verified
are run at five seeds and answer their predictions, and all do with ``--all``:
docs/decisions/0013-what-a-landing-tests.md.
"""

from collections.abc import Callable

import pytest

from app.binding import check as check_binding
from app.experiments import experiment
from app.source import source
from app.teaching.predictions import settings_of_maps
from glossary import reader
from glossary.schema import Entry
from tests.entries.evidence import findings, in_lessons, predictions_of, runs_of, unanswered
from tests.fingerprints import fingerprint, seeds_of
from tests.verified import stands

ENTRIES = list(reader.entries().values())
WIRE_BYTES = 100_000

every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)


def test_words_and_code_fit_together() -> None:
    check_binding()


@every_entry
def test_claims_hold_and_break_as_the_entry_says(entry: Entry) -> None:
    assert [str(one) for one in findings(entry, runs_of(entry.slug).metrics()) if not one.right] == []


@every_entry
def test_an_entry_that_changed_holds_at_five_seeds(
    entry: Entry, record_property: Callable[[str, str], None], request: pytest.FixtureRequest
) -> None:
    """And each prediction has an answer, at the preset's own seed too; there the lessons that stop at it are tried."""
    now = fingerprint(entry)
    if stands("entry", entry.slug, now, request.config):
        return
    record_property("entry", entry.slug)
    wrong = list(unanswered(entry, runs_of(entry.slug).metrics()))
    wrong += [str(one) for one in in_lessons(entry, runs_of(entry.slug).metrics()) if not one.right]
    for seed in seeds_of(entry):
        measure = runs_of(entry.slug).metrics(seed)
        wrong += [f"seed {seed}: {one}" for one in findings(entry, measure) if not one.right]
        wrong += [f"seed {seed}: {one}" for one in unanswered(entry, measure)]
    assert wrong == []
    record_property("verified", now)


@every_entry
def test_maps_can_be_told_apart(entry: Entry) -> None:
    for setting, asked in predictions_of(entry):
        if asked.kind == "map":
            changes = [{**setting, **change} for change in settings_of_maps(asked)]
            plots = [runs_of(entry.slug)(**change).figures[asked.figure].plot for change in changes]
            assert len({repr(plot.to_dict()["data"]) for plot in plots}) == len(plots)


@every_entry
def test_a_page_has_a_claim_that_could_come_out_otherwise(entry: Entry) -> None:
    assert {claim.kind for claim in entry.live.claims} & {"learned", "measured"}


@every_entry
def test_figures_are_worded_light_and_stable(entry: Entry) -> None:
    figures = runs_of(entry.slug)().figures
    assert 1 <= len(figures) <= 3
    for key, figure in figures.items():
        assert figure.title, key
        assert figure.caption, key
        assert figure.text.endswith("."), key
        assert len(figure.plot.to_json()) <= WIRE_BYTES, key
        assert len(figure.plot.data) > 0, key
        assert figure.plot.layout.title.text is None, f"{key}: the title belongs above the plot"
    for claim in entry.live.claims:
        assert list(runs_of(entry.slug)(**claim.fails_for).figures) == list(figures)


@every_entry
def test_the_line_of_a_step_stands_in_the_code_that_is_shown(entry: Entry) -> None:
    code = "\n".join(source(equation.code).text for equation in entry.equations)
    for figure in runs_of(entry.slug)().figures.values():
        assert len(figure.lines) in (0, len(figure.plot.frames))
        assert [line for line in figure.lines if line not in code] == []


def test_no_two_entries_show_the_same_run() -> None:
    shown = [(e.live.experiment, repr(experiment(e.live.experiment).controls(**e.live.preset))) for e in ENTRIES]
    assert len(shown) == len(set(shown))
