"""Texts and words as boxes, ranked counts by frame, tables of answers, and costs in several currencies."""

import itertools

import numpy as np

from visualizers.answer_table import LONGEST, answer_table
from visualizers.cut_text import ACROSS, CutText, cut_texts, letters_of, words_by_merge, wrapped
from visualizers.ranked_bars import ranked_bars
from visualizers.theme import FAILED, HELD
from visualizers.token_costs import token_costs


def frame(drawn, at: int):
    return drawn.frames[at].to_plotly_json()["data"]


def test_wide_signs_count_two_letters_and_marks_none():
    assert letters_of("ab") == 2
    assert letters_of("漢🙂") == 4
    assert letters_of("e\u0301") == 1


def test_boxes_stand_side_by_side_and_wrap():
    boxes = wrapped(["abcdefghi"] * 7, 2)
    assert [box.row for box in boxes] == [2, 2, 2, 2, 3, 3, 3]
    for one, other in itertools.pairwise(boxes):
        assert other.left == one.left + one.width if other.row == one.row else other.left == 0
    assert all(box.left + box.width <= ACROSS for box in boxes)


def test_each_cut_is_a_trace_below_the_one_before():
    cuts = [CutText("characters", list("<b>"), ["id"] * 3, "3"), CutText("bytes", ["3C"], ["60"], "1")]
    drawn, height = cut_texts(cuts)
    assert [trace.name for trace in drawn.data] == ["characters", "bytes"]
    assert max(drawn.data[0].y) < min(drawn.data[1].y)
    assert drawn.data[0].text[0] == "&lt;"
    assert height > 60


def test_a_new_piece_moves_to_its_own_trace():
    steps = [{"low": ["l", "o", "w"]}, {"low": ["lo", "w"]}]
    drawn = words_by_merge(steps, ["", "lo"], ["0", "1"], {"low": "×5"})
    assert [trace.name for trace in drawn.data] == ["pieces", "new piece"]
    before, after = frame(drawn, 0), frame(drawn, 1)
    assert (before[0]["text"], before[1]["text"]) == (["l", "o", "w"], [])
    assert (after[0]["text"], after[1]["text"]) == (["w"], ["lo"])
    assert after[1]["x"] == [2]
    assert after[0]["base"] == [2]


def test_ranked_bars_keep_the_largest():
    drawn = ranked_bars([[("a + b", 5), ("b + c", 3), ("c + d", 1)], []], ["0", "1"], rows=2, x_title="count")
    assert frame(drawn, 0)[0]["x"] == [5, 3]
    assert frame(drawn, 1)[0]["x"] == []


def test_pieces_of_one_word_share_a_colour():
    drawn, _ = cut_texts([CutText("words", ["a", "b", "c"], ["", "", ""], "3", words=[0, 0, 1])])
    colours = drawn.data[0].marker.color
    assert colours[0] == colours[1] != colours[2]


def test_answers_have_a_sign_and_a_colour_and_long_ones_are_cut():
    columns = {"one": [("right", True), ("x" * 40, False)], "two": [("<i>", False), ("b", True)]}
    drawn = answer_table(["first", "second"], columns, ["one", "two"])
    assert [trace.name for trace in drawn.data] == ["questions", "one", "two"]
    assert list(drawn.data[1].marker.color) == [HELD, FAILED]
    assert len(drawn.data[1].text[1].strip()) == LONGEST
    assert "&lt;" in drawn.data[2].text[0]


def test_costs_stand_in_the_row_of_their_name():
    drawn = token_costs({"a": np.array([1, 5]), "b": np.array([2, 3])}, ["x", "y"], colours=("#000000", "#ffffff"))
    assert [trace.name for trace in drawn.data] == ["a", "b"]
    assert list(drawn.data[0].x) == [1, 5]
    assert list(drawn.layout.yaxis.ticktext) == ["x", "y"]
