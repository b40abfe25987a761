"""Maps of words, bars of neighbours, sheets of rows, arrows in the plane."""

import numpy as np

from visualizers.arrows import two_arrows
from visualizers.table_rows import row_sheet, stacked_counts
from visualizers.word_map import class_colours, neighbour_bars, word_map

WORDS = ("Rome", "Oslo", "cat", "dog")
CLASSES = {"city": np.array([True, True, False, False]), "animal": np.array([False, False, True, True])}


def map_of(**change):
    positions = np.arange(24, dtype=float).reshape(3, 4, 2)
    given = {
        "words": WORDS, "classes": CLASSES, "picked": 1, "neighbours": np.array([[0], [0], [2]]),
        "frames": ["0", "1", "2"], "start": 2, "sets": "word",
    }  # fmt: skip
    return word_map(positions, **given | change)


def test_each_class_is_a_trace_and_lines_follow_the_neighbours():
    drawn = map_of()
    assert [trace.name for trace in drawn.data] == [
        "city", "animal", "lines to the neighbours", "names of classes", "word",
    ]  # fmt: skip
    assert drawn.data[1].customdata == (["cat"], ["dog"])
    lines = [frame._props["data"][2] for frame in drawn.frames]
    np.testing.assert_array_equal(lines[0]["x"][:2], [2, 0])  # from Oslo to Rome
    np.testing.assert_array_equal(lines[2]["x"][:2], [18, 20])  # from Oslo to the cat
    assert np.isnan(lines[0]["x"][2])
    np.testing.assert_array_equal(drawn.data[2].x, lines[2]["x"])


def test_near_points_are_larger():
    depth = np.array([[0.0, 1.0, 0.5, 0.5]] * 3)
    sizes = [frame._props["data"][0]["marker"]["size"].tolist() for frame in map_of(depth=depth).frames]
    assert sizes[0] == [4, 10]


def test_names_of_classes_that_would_touch_are_left_out():
    positions = np.zeros((1, 4, 2))
    positions[0, :, 0] = [0, 10, 0, 10]
    drawn = word_map(
        positions, words=WORDS, classes=CLASSES, picked=0, neighbours=np.array([[1]]), frames=["0"], start=0, sets="w"
    )
    assert np.isnan(drawn.data[3].x).tolist() == [False, True]


def test_bars_wear_the_colours_of_their_classes_and_set_the_word():
    colours = class_colours(["city", "animal"])
    bars = neighbour_bars(np.array([0.9, -0.2]), ["Rome", "cat"], ["city", "animal"], colours, sets="word")
    assert list(bars.data[0].marker.color) == [colours["city"], colours["animal"]]
    assert bars.data[0].meta == {"sets": ["word"]}
    assert bars.layout.xaxis.range[0] < -0.19


def test_a_sheet_shows_every_row_that_changed_and_dots_the_marked_ones():
    values, marked = np.array([0.0, 1e-6, 4.0, 0.0, 1.0]), np.array([False, False, True, False, True])
    cells, dots = row_sheet(values, marked, list("abcde"), columns=3).data
    assert np.asarray(cells.z).tolist() == [[0, 1, 255], [0, 128, 0]]
    assert list(zip(dots.x, dots.y)) == [(2, 0), (1, 1)]


def test_counts_are_stacked_and_their_sum_stands_at_the_end():
    drawn = stacked_counts(
        {"here": np.array([3, 4]), "absent": np.array([0, 1000])}, ["SGD", "Adam"], picked="Adam", x_title="rows",
        sets="rule",
    )  # fmt: skip
    assert [note.text for note in drawn.layout.annotations] == ["3", "1\u00a0004"]
    assert drawn.layout.yaxis.ticktext == ("SGD ", "<b>Adam</b> ")


def test_arrows_end_at_their_tips_and_a_click_tells_where():
    drawn = two_arrows(np.array([[1.0, 0.0], [0.0, 2.0]]), reach=3.0, sets="arrows")
    by_name = {trace.name: trace for trace in drawn.data}
    assert (by_name["blue"].x[1], by_name["orange"].y[1]) == (1.0, 2.0)
    assert by_name["plane"].meta == {"sets": ["arrows"], "where": True, "drags": True}
    assert drawn.layout.annotations[0].text == "90°"
