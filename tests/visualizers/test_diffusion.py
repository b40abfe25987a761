"""Images, clouds, fields, histograms and stacked panels: what stands where, and that frames change only what moves."""

import re

import numpy as np
import pytest

from visualizers import theme
from visualizers.distribution import densities
from visualizers.field import MILLI, clouds, flow
from visualizers.image import GAP, TEXT_GAP, pictures
from visualizers.strips import Strip, strips

DRAWS = np.random.default_rng(0)
IMAGES = DRAWS.uniform(-1, 1, (3, 2, 4, 8, 8))
NAMES = ["t = 2", "t = 1", "t = 0"]
POINTS = DRAWS.normal(size=(3, 5, 2))
PLACES = np.array([[0.0, 0.0], [1.0, -1.0]])
ARROWS = np.stack([np.full((2, 2), 0.0), np.tile([1.0, 0.0], (2, 1)), np.tile([0.0, -9.0], (2, 1))])

DRAWINGS = {
    "still": pictures(IMAGES[0], rows=["a", "b"], columns=list("wxyz"), under=[list("abcd"), list("efgh")]),
    "moving": pictures(
        IMAGES, rows=["a", "b"], columns=list("wxyz"), frames=NAMES, start=1, sets="digit", values=list("0123")
    ),
    "flow": flow(POINTS, guesses=POINTS / 2, data=POINTS[0], places=PLACES, arrows=ARROWS, frames=NAMES, start=2),
    "clouds": clouds(POINTS[None].repeat(2, 0), rows=["a", "b"], under=[NAMES, NAMES]),
    "densities": densities(DRAWS.normal(size=(3, 50)), np.ones((3, 9)), x=np.linspace(-3, 3, 9), frames=NAMES),
    "stacked": strips(
        [
            Strip("up", {"a": (np.arange(3), np.ones(3))}),
            Strip("down", {"a": (np.arange(3), np.full(3, 0.1))}, log=True, powers=2),
        ],
        x_title="t",
        marks={"here": (1, "right")},
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_and_no_template_travels(name):
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert set(re.findall(r'"(#[0-9a-fA-F]{6})"', DRAWINGS[name].to_json())) <= known
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


def test_an_image_stands_in_its_place_and_the_gaps_are_empty():
    sheet = np.asarray(DRAWINGS["moving"].data[0].z)
    assert sheet.shape == (2 * 8 + GAP, 4 * 8 + 3 * GAP)
    np.testing.assert_array_equal(sheet[9:17, 18:26], np.rint(50 * (IMAGES[1, 1, 2] + 1)))
    assert not sheet[8].any()
    assert not sheet[:, 8].any()


def test_words_stand_below_their_images():
    still = DRAWINGS["still"]
    assert np.asarray(still.data[0].z).shape[0] == 2 * (8 + TEXT_GAP)
    assert list(still.data[2].text) == list("abcdefgh")
    assert 7.5 < still.data[2].y[0] < 8 + TEXT_GAP


def test_a_click_on_an_image_sets_the_column():
    cover = DRAWINGS["moving"].data[1]
    assert cover.meta == {"sets": ["digit"]}
    assert [value for (value,) in cover.customdata] == list("01230123")


@pytest.mark.parametrize(("name", "moves"), [("moving", (0,)), ("flow", (1, 2, 3)), ("densities", (0, 1))])
def test_frames_are_named_and_move_only_what_they_must(name, moves):
    frames = DRAWINGS[name].frames
    assert [frame.name for frame in frames] == NAMES
    assert all(frame.traces == moves and len(frame.data) == len(moves) for frame in frames)


def test_arrows_point_and_grow():
    angles = [frame.data[0].marker.angle[0] for frame in DRAWINGS["flow"].frames]
    sizes = [frame.data[0].marker.size[0] for frame in DRAWINGS["flow"].frames]
    assert [angle % 360 for angle in angles[1:]] == [90, 180]  # clockwise from up
    assert sizes == [0, 20, 20]


def test_points_are_in_thousandths():
    np.testing.assert_allclose(np.asarray(DRAWINGS["flow"].data[3].x) / MILLI, POINTS[2, :, 0], atol=1e-3)


def test_clouds_stand_apart():
    x = np.asarray(DRAWINGS["clouds"].data[0].x).reshape(3, 5).mean(1) / MILLI
    np.testing.assert_allclose(np.diff(x), np.diff(POINTS[..., 0].mean(1)) + 5.6, atol=0.01)


def test_a_histogram_of_all_draws_has_area_one():
    bars = DRAWINGS["densities"].data[0]
    assert np.sum(bars.y) * (bars.x[1] - bars.x[0]) == pytest.approx(1, rel=1e-5)


def test_panels_are_stacked_from_the_top():
    layout = DRAWINGS["stacked"].layout
    assert layout.yaxis.domain[0] > layout.yaxis2.domain[1]
    assert (layout.yaxis.type, layout.yaxis2.type) == ("linear", "log")
