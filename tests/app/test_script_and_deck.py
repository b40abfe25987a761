"""What is taken away says what the page says: the script prints its numbers, a card has the measured answer."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from app.experiments import experiment
from app.export.flashcards import deck
from app.export.script import script
from app.runner import Runner
from app.web import permalink
from glossary import reader

ROOT = Path(__file__).parents[2]


def printed(text: str, folder: Path) -> list[str]:
    (folder / "taken.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, folder / "taken.py"], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize(("slug", "change"), [("softmax", {}), ("rope", {"base": 500.0, "seed": 3})])
def test_the_script_prints_exactly_the_numbers_and_verdicts(
    slug: str, change: dict[str, float], tmp_path: Path
) -> None:
    entry = reader.entries()[slug]
    found = experiment(entry.live.experiment)
    controls = found.controls(**{**entry.live.preset, **change})
    text = script(entry, controls)
    told = permalink.read(text.split(" shows it at ")[1].split("\n")[0])
    assert (told.entry, set(told.values)) == (slug, set(change))
    run = Runner("cpu").run(entry.live.experiment, controls)
    lines = printed(text, tmp_path)
    assert lines[: len(run.metrics)] == [f"{name} = {value!r}" for name, value in run.metrics.items()]
    verdicts = [line[:6].strip() == "held" for line in lines[len(run.metrics) :]]
    assert verdicts == [claim.condition.holds(run.metrics) for claim in entry.live.claims]


def test_typed_text_stays_a_string_in_the_script() -> None:
    entry = reader.entries()["attention-weights"]
    typed = "'''\"\"\"{x}\\\n__import__('os')"
    controls = experiment(entry.live.experiment).controls(**{**entry.live.preset, "sentence": typed})
    assert f"    sentence={typed!r},\n" in script(entry, controls)


def test_a_card_has_the_measured_answer_behind_the_question() -> None:
    entry = reader.entries()["softmax"]
    runner = Runner("cpu")

    def measure(entry, change):
        controls = experiment(entry.live.experiment).controls(**{**entry.live.preset, **change})
        return runner.run(entry.live.experiment, controls).metrics

    rows = list(csv.reader(deck([entry], measure).splitlines(), delimiter="\t"))
    asked = [question for question in entry.live.predictions if question.kind != "map"]
    assert [row[0] for row in rows] == [f"{entry.title}: {question.asks}" for question in asked]
    assert all(row[1].endswith(question.reveals) and len(row) == 3 for row, question in zip(rows, asked, strict=True))
    assert all(any(letter.isdigit() for letter in row[1]) for row in rows)
