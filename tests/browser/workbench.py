"""A page with made-up entries on which every habit of the page can be tried: steps, clicks, streams, hostile text.

``python -m tests.browser.workbench PORT`` serves it; the published entries play no part in it.
"""

import sys
import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go
from pydantic import Field

from app import experiments, page
from app.experiments.base import Controls, Experiment, Figure, Figures, Measurements, Sentence
from glossary import reader
from glossary.schema import Choice, Claim, Entry, Equation, Live, Prediction, Stated
from visualizers.curve import curves
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, SEQUENTIAL, clickable, figure, scale


class BenchControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund", title="Sentence")
    size: int = Field(6, ge=2, le=24, title="Size")
    base: int = Field(10_000, ge=10, le=1_000_000, title="Base", json_schema_extra={"log": True})
    shape: Literal["sine", "square"] = Field("sine", title="Shape")
    width: Literal[8, 16, 32, 64] = Field(32, title="Head width")
    picked: int = Field(2, ge=0, le=23, title="Picked row")
    noisy: bool = Field(False, title="Noise", json_schema_extra={"more": True})
    rounds: int = Field(0, ge=0, le=400, title="Rounds of training", json_schema_extra={"more": True})
    pause: float = Field(0.05, ge=0, le=2, title="Pause", json_schema_extra={"more": True})


class BenchResult(NamedTuple):
    controls: BenchControls
    round: int


def run(controls: BenchControls, device: str) -> Iterator[BenchResult] | BenchResult:
    if not controls.rounds:
        time.sleep(controls.pause if controls.pause > 0.05 else 0)
        return BenchResult(controls, 0)
    return _rounds(controls)


def _rounds(controls: BenchControls) -> Iterator[BenchResult]:
    for index in range(controls.rounds):
        time.sleep(controls.pause)
        yield BenchResult(controls, index + 1)


def measure(result: BenchResult) -> Measurements:
    return {
        "size_tokens": float(result.controls.size),
        "base_over_size": result.controls.base / result.controls.size,
        "rounds_done_steps": float(result.round),
        "letters": float(len(result.controls.sentence)),
    }


def draw(result: BenchResult) -> Figures:
    controls = result.controls
    n = controls.size
    words = (controls.sentence.split() * n)[:n]
    x = np.linspace(0, 2 * np.pi, 60)
    moving = figure(
        [go.Scatter(x=x, y=np.sin(x), mode="lines", line={"color": ACCENT})], y_range=(-1.1, 1.1), x="angle"
    )
    moving.frames = [go.Frame(name=str(k), data=[go.Scatter(y=np.sin(x + k / 3))], traces=[0]) for k in range(12)]
    grid = heatmap(np.random.default_rng(controls.seed).random((n, n)).astype("f4"), rows=words, columns=words)
    clickable(grid.data[0], "picked", "size")
    pulses = go.Figure(
        go.Heatmap(z=np.outer(np.arange(4.0), np.ones(4)), colorscale=scale(SEQUENTIAL), showscale=False)
    )
    pulses.frames = [go.Frame(name=str(k), data=[go.Heatmap(z=np.full((4, 4), k / 12.0))]) for k in range(12)]
    pulses.layout.template = None
    return {
        "moving": Figure("A wave that moves", "The {accent|wave} goes left.", f"There are {n} points, 0.25 apart.", moving, 220, steps="step", start=3),
        "grid": Figure("A grid to click", "Row is picked; {c2|columns} are sizes.", f"Row {controls.picked} is picked.", grid, 240, half=True),
        "other": Figure("Pulses" if controls.shape == "sine" else "Curves", "Steps with the wave.", "It pulses.",
                        pulses if controls.shape == "sine" else curves(x, {"a": x}, x_title="x"), 240, half=True),
    }  # fmt: skip


def _entry(slug: str, preset: dict[str, object], title: str) -> Entry:
    claim = Claim(
        says="The base is much larger than the size.", holds="base_over_size > 100", fails_for={"base": 100},
        switch="base 100", symptom="Nothing to see.", value_label="ratio", stated=Stated(value="1 667", by="vaswani2017attention#section 3"),
    )  # fmt: skip
    hostile = Claim(
        says="<img src=x onerror=alert(1)> stays text & nothing else.", holds="size_tokens < 20", fails_for={"size": 24},
        switch="<b>24</b>", symptom="<script>alert(2)</script>",
    )  # fmt: skip
    return Entry(
        slug=slug, title=title, chapter="position", level="beginner", aliases=["<i>alias</i>"],
        needs=["alibi"], variants=["rope"], used_in=["nothing at all"], cite=["vaswani2017attention#section 3.2"],
        equations=[Equation(name="wave", latex=r"y_i = \sin\left(x_i + \tfrac{k}{3}\right)", code="models.seeding:normal")],
        live=Live(
            experiment="bench", preset=preset, controls=["sentence", "size", "base", "shape", "width", "picked"], claims=[claim, hostile],
            predictions=[
                Prediction(asks="How many letters are there?", metric="letters", low=0, high=100, unit="letters", reveals="Count them."),
                Prediction(asks="Is the size even?", metric="size_tokens", set={"size": 4}, reveals="So it is.",
                           choices=[Choice(says="small", when="x < 5"), Choice(says="large", when="x >= 5")]),
            ],
        ),
        definition="The workbench **tries** every habit of the page. It has $x_i$, `code` and *emphasis*, and <u>no HTML</u>.",
        purpose="So that a test can turn, click and stop.",
        record="Often said: nothing.\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n\n- one\n- two",
    )  # fmt: skip


ENTRIES = {
    "rope": _entry("rope", {}, "Workbench"),
    "alibi": _entry("alibi", {"rounds": 3, "size": 5}, "Workbench that trains"),
    "yarn": _entry("yarn", {"size": 7, "pause": 1.0}, "Workbench that is slow"),
}


def serve(port: int) -> None:
    """Serves the workbench in place of the glossary."""
    published = {
        slug: entry
        for slug in (s for c in reader.chapters() for s in c.entries)
        for entry in [ENTRIES.get(slug)]
        if entry
    }
    reader.entries = lambda: published  # type: ignore[assignment]
    experiments.FAMILIES["bench"] = __name__
    page.serve("127.0.0.1", port, "cpu")


EXPERIMENT = Experiment("bench", BenchControls, run, measure, draw, parameters=lambda result: 1_400_000)

if __name__ == "__main__":
    sys.modules["tests.browser.workbench"] = sys.modules["__main__"]
    experiments.FAMILIES["bench"] = "tests.browser.workbench"
    __name__ = "tests.browser.workbench"
    serve(int(sys.argv[1]))
