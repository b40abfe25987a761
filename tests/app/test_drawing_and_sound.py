"""A drawing is text that says one image; a sound is a file that is never loud."""

import base64
import io
import json
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import Field

from app.controls import changed, parse, specs
from app.engine import Engine
from app.experiments.base import Controls, Sound
from app.experiments.drawing import FIRST_EXAMPLE, Drawing, drawing_label, read_drawing
from app.experiments.points import MOST, Points, read_points
from app.export import html_report, run_json
from app.export.wav import LOUDEST, wav
from app.web.figure_view import shown
from app.web.panels.settings import setting
from glossary import reader
from models.data.digits import digits

ROOT = Path(__file__).parents[2]
DRAWN = "0123456789abcdef" * 4


class Example(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")


def test_an_example_is_a_held_out_digit_and_hexadecimal_digits_are_its_ink() -> None:
    held_out = digits()[1]
    assert torch.equal(2 * read_drawing("example 296") - 1, held_out.images[296, 0])
    assert drawing_label("example 296") == held_out.labels[296]
    drawn = read_drawing(DRAWN)
    assert drawn.shape == (8, 8)
    assert drawn[0].tolist() == pytest.approx([level / 15 for level in range(8)])
    assert drawn[1, 7] == 1
    assert drawing_label(DRAWN) is None


@pytest.mark.parametrize("given", [" Example 07", "example7", "EXAMPLE 7 "])
def test_one_image_has_one_spelling(given: str) -> None:
    assert parse(Example, {"drawing": given}, {}).controls == Example(drawing="example 7")
    assert parse(Example, {"drawing": DRAWN.upper()}, {}).controls == Example(drawing=DRAWN)
    assert changed(Example(drawing=DRAWN), {}) == {"drawing": DRAWN}


@pytest.mark.parametrize("given", ["", "example 297", "example -1", "0" * 63, "0" * 65, "g" * 64, "<script>", "٣" * 64])
def test_what_is_no_drawing_is_refused_by_name(given: str) -> None:
    parsed = parse(Example, {"drawing": given}, {})
    (problem,) = parsed.problems
    assert problem.startswith("drawing: takes “example 0” to “example 296”, or 64 hexadecimal digits, row by row; you")
    assert parsed.controls == Example()
    with pytest.raises(ValueError, match="takes “example 0”"):
        read_drawing(given)


def test_the_page_is_told_to_show_a_canvas() -> None:
    (drawing,) = (spec for spec in specs(Example(), []) if spec["name"] == "drawing")
    assert (drawing["kind"], drawing["value"], drawing["more"]) == ("drawing", "example 0", False)


def samples_of(file: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(file)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 8000)
        return np.frombuffer(read.readframes(read.getnframes()), "<i2") / 32767


def test_a_loud_sound_is_turned_down_as_a_whole_and_a_quiet_one_stays() -> None:
    tone = np.sin(np.arange(800) * 0.3)
    assert samples_of(wav(Sound(0.2 * tone, 8000))) == pytest.approx(0.2 * tone, abs=1e-4)
    loud = samples_of(wav(Sound(30 * tone, 8000)))
    assert np.abs(loud).max() == pytest.approx(LOUDEST, abs=1e-3)
    assert np.corrcoef(loud, tone)[0, 1] == pytest.approx(1)


def test_what_is_no_number_is_silent() -> None:
    assert samples_of(wav(Sound([0.25, np.nan, np.inf, -np.inf], 8000))).tolist() == pytest.approx(
        [0.25, 0, 0, 0], abs=1e-4
    )


@pytest.mark.parametrize(
    ("samples", "rate", "named"), [([], 8000, "samples"), ([[0.0]], 8000, "samples"), ([0.0], 400, "rate")]
)
def test_a_sound_names_what_it_does_not_take(samples: list[float], rate: int, named: str) -> None:
    with pytest.raises(ValueError, match=f"{named}: takes"):
        Sound(samples, rate)


def test_a_sound_is_in_the_page_and_in_what_is_taken_away() -> None:
    entry = reader.entries()["softmax"]
    engine = Engine("cpu")
    engine.start()
    run = engine.run(entry, {})
    key, figure = next(iter(run.figures.items()))
    heard = replace(figure, sound=Sound(np.zeros(8000), 8000))
    run = replace(run, figures={**run.figures, key: heard})

    on_page = json.loads(shown(1, 0, key, key, heard))["sound"]
    head, _, data = on_page["file"].partition(",")
    assert (head, on_page["seconds"]) == ("data:audio/wav;base64", 1.0)
    assert len(samples_of(base64.b64decode(data))) == 8000
    assert json.loads(shown(1, 0, key, key, figure))["sound"] is None

    written = json.loads(run_json.report(entry, run))["figures"]
    assert written[0]["sound"] == {"rate": 8000, "seconds": 1.0, "wav": on_page["file"]}
    assert all("sound" not in other for other in written[1:])
    assert html_report.page(entry, run).count("<audio controls") == 1


def test_the_browser_knows_the_same_held_out_digits() -> None:
    script = (ROOT / "assets/lazy/held_out_digits.js").read_text(encoding="utf-8")
    listed = [line.split() for line in script.partition("`")[2].partition("`")[0].split("\n") if line]
    held_out = digits()[1]
    assert [int(digit) for digit, _ in listed] == held_out.labels.tolist()
    ink = torch.tensor([[int(level, 16) for level in levels] for _, levels in listed])
    assert torch.equal(ink, ((held_out.images.flatten(1) + 1) / 2 * 15).round().long())


def test_added_points_are_text_of_one_spelling() -> None:
    class Plane(Controls):
        added: Points = Field("", title="Added points")

    given = parse(Plane, {"added": "  a0.50_-1.2   b3_0.004 a-0_2 "}, {})
    assert given.controls == Plane(added="a0.5_-1.2 b3_0 a0_2")
    assert changed(given.controls, {}) == {"added": "a0.5_-1.2 b3_0 a0_2"}
    added = read_points(given.controls.added)
    assert added.points.tolist() == [[0.5, pytest.approx(-1.2)], [3, 0], [0, 2]]
    assert added.labels.tolist() == [0, 1, 0]
    assert read_points("").points.shape == (0, 2)
    (spec,) = (spec for spec in specs(Plane(), []) if spec["name"] == "added")
    assert (spec["kind"], spec["low"], spec["high"], spec["max_length"]) == ("points", -3, 3, MOST)
    for wrong in ("c1_1", "a1", "a1_3.1", "anan_1", "a1_1" + " a1_1" * MOST, "a1e9_1"):
        (problem,) = parse(Plane, {"added": wrong}, {}).problems
        assert problem.startswith("added: takes up to 40 points such as “a0.5_-1.2 b0.3_0.4”, coordinates from −3 to 3")


def test_what_is_drawn_or_added_is_named_in_words() -> None:
    class Both(Controls):
        drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
        added: Points = Field("", title="Added points")

    named = [setting(Both(drawing=DRAWN, added="a1_1 b0_0"), name) for name in ("drawing", "added", "seed")]
    assert named == ["digit drawn by hand", "added points: 2", "seed 0"]
    assert setting(Both(), "drawing") == "digit example 0"
