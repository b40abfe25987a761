"""A page with made-up entries on which every habit of the page can be tried: steps, clicks, streams, hostile text.

``python -m tests.browser.workbench PORT`` serves it; the published entries play no part in it.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import plotly.graph_objects as go
from pydantic import Field

from app import experiments
from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Machine, Measurements, Sentence, Sound
from app.experiments.drawing import DRAWING, FIRST_EXAMPLE, Drawing, read_drawing
from app.experiments.points import POINTS, WHERE, Points, read_points
from app.web import server
from app.web.components import FILES
from app.web.static_files import StaticFile
from glossary import reader
from glossary.schema import Entry, Lesson
from visualizers.curve import curves
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, SEQUENTIAL, figure, scale


class BenchControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund", title="Sentence")
    size: int = Field(6, ge=2, le=24, title="Size")
    base: int = Field(10_000, ge=10, le=1_000_000, title="Base", json_schema_extra={"log": True})
    shape: Literal["sine", "square"] = Field("sine", title="Shape")
    width: Literal[8, 16, 32, 64] = Field(32, title="Head width")
    picked: int = Field(2, ge=0, le=23, title="Picked row")
    noisy: bool = Field(False, title="Noise", json_schema_extra={"more": True})
    sizeless: bool = Field(False, title="Without a size", json_schema_extra={"more": True})
    rounds: int = Field(0, ge=0, le=400, title="Rounds of training", json_schema_extra={"more": True})
    pause: float = Field(0.05, ge=0, le=2, title="Pause", json_schema_extra={"more": True})
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit", json_schema_extra=DRAWING | MORE)
    added: Points = Field("", title="Added points", json_schema_extra=POINTS | MORE)
    audible: bool = Field(False, title="Sound", json_schema_extra={"more": True})
    stepped: bool = Field(False, title="Machine", json_schema_extra={"more": True})


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
    size = float("nan") if result.controls.sizeless else float(result.controls.size)
    return {
        "size_tokens": size,
        "base_over_size": result.controls.base / result.controls.size,
        "rounds_done_steps": float(result.round),
        "letters": float(len(result.controls.sentence)),
        "ink_of_the_digit": float(read_drawing(result.controls.drawing).sum()),
    }


def figures(result: BenchResult, metrics: Measurements) -> Figures:
    controls, n = result.controls, result.controls.size
    words = (controls.sentence.split() * n)[:n]
    values = np.random.default_rng(controls.seed).random((n, n))
    values = values * np.nan if controls.sizeless else values
    x = np.linspace(0, 2 * np.pi, 60)
    return {
        "moving": Figure(
            title="A wave that moves",
            caption="The {accent|wave} goes left.",
            text=f"There are {n} points, 0.25 apart.",
            plot=_moving(x),
            height=220,
            steps="step",
            start=3,
            lines=["def normal(", *[""] * 10, "return torch.randn("],
            sound=Sound(0.8 * np.sin(np.arange(4000) * 0.3 * (controls.seed + 1)), 8000) if controls.audible else None,
        ),
        "grid": Figure(
            title="A grid to click",
            caption="Row is picked; {c2|columns} are sizes.",
            text=f"Row {controls.picked} is picked.",
            plot=heatmap(values, rows=words, columns=words, sets=("picked", "size")),
            height=240,
            half=True,
            machine=Machine("painter", {"grid": values.astype("float32"), "most": n}) if controls.stepped else None,
        ),
        "other": Figure(
            title="Pulses" if controls.shape == "sine" else "Curves",
            caption="Steps with the wave.",
            text="It pulses.",
            plot=_other(controls, x),
            height=240,
            half=True,
        ),
    }


def _other(controls: BenchControls, x: np.ndarray) -> go.Figure:
    if controls.shape == "sine":
        return _pulses()
    drawn = curves(x, {"a": x}, x_title="x")
    points = read_points(controls.added).points.numpy()
    marks = go.Scatter(x=[0.5, 1.5, *points[:, 0]], y=[1, 2, *points[:, 1]], mode="markers", name="places")
    return drawn.add_trace(marks.update(meta=WHERE | {"sets": ["added"]}))


def _moving(x: np.ndarray) -> go.Figure:
    wave = figure([go.Scatter(x=x, y=np.sin(x), mode="lines", line={"color": ACCENT})], y_range=(-1.1, 1.1), x="angle")
    wave.frames = [go.Frame(name=str(k), data=[go.Scatter(y=np.sin(x + k / 3))], traces=[0]) for k in range(12)]
    return wave


def _pulses() -> go.Figure:
    square = go.Heatmap(z=np.zeros((4, 4)), zmin=0, zmax=1, colorscale=scale(SEQUENTIAL), showscale=False)
    drawn = figure([square])
    drawn.frames = [go.Frame(name=str(k), data=[go.Heatmap(z=np.full((4, 4), k / 12))]) for k in range(12)]
    return drawn


EXPERIMENT = Experiment(
    BenchControls,
    run,
    measure,
    figures,
    parameters=lambda result: 1_400_000,
    labels={"base_over_size": "base over size, times"},
)


def entries() -> dict[str, Entry]:
    """The same words three times: as they are, with a training, and slow. Their ids are of the catalogue."""
    words = reader.read_entry(Path(__file__).with_suffix(".md"))

    def variant(slug: str, title: str, preset: dict[str, object]) -> Entry:
        return words.model_copy(
            update={"slug": slug, "title": title, "live": words.live.model_copy(update={"preset": preset})}
        )

    made = [
        variant("rope", "Workbench", {}),
        variant("alibi", "Workbench that trains", {"rounds": 3, "size": 5}),
        variant("yarn", "Workbench that is slow", {"size": 7, "pause": 1.0}),
    ]
    return {entry.slug: entry for entry in made}


def lessons() -> dict[str, Lesson]:
    """One lesson: two questions of an entry, and one of its own of every other kind."""
    own = {"asks": "How large is it?", "metric": "size_tokens", "low": 0, "high": 24, "set": {"size": 18}}
    maps = {"asks": "Which?", "figure": "grid", "set": {"seed": 0}, "others": [{"seed": 1}, {"seed": 2}]}
    curve = {"asks": "How?", "metric": "size_tokens", "along": "size", "at": [4, 8, 12, 20], "low": 0, "high": 24}
    parts = [
        {"entry": "rope", "title": "Letters", "question": 1},
        {"entry": "rope", "title": "Small", "question": 2, "set": {"base": 500}},
        {"entry": "rope", "title": "Its own", "question": own},
        {"entry": "rope", "title": "A map", "question": maps},
        {"entry": "rope", "title": "A curve", "question": curve},
    ]
    made = Lesson.model_validate({"slug": "bench", "title": "At the bench", "asks": "Does it work?", "parts": parts})
    return {made.slug: made}


def serve(port: int) -> None:
    """Serves the workbench in place of the glossary."""
    published, taught = entries(), lessons()
    reader.entries = lambda: published  # type: ignore[assignment]
    reader.heads = lambda: published  # type: ignore[assignment]
    reader.lessons = lambda: taught  # type: ignore[assignment]
    experiments.ids = lambda: ("tests/bench",)  # type: ignore[assignment]
    sys.modules["app.experiments.tests.bench.experiment"] = sys.modules[__name__]
    FILES._files["lazy/machines/painter.js"] = StaticFile(Path(__file__).with_name("painter.js"))
    server.serve("127.0.0.1", port, "cpu")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
