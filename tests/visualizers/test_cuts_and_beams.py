"""Distributions before and after a cut, and texts grown out of one another."""

import numpy as np

from visualizers.beam_tree import beam_tree
from visualizers.kept_and_cut import kept_and_cut
from visualizers.word_rows import Look, Word, word_rows


def test_a_word_is_drawn_as_kept_or_as_cut() -> None:
    before, after = np.array([0.6, 0.3, 0.1]), np.array([2 / 3, 1 / 3, 0.0])
    drawn = kept_and_cut(before, after, np.array([0.7, 0.0, 0.3]), labels=["a", "b", "c"], many=2)
    kept, cut, truth = drawn.data
    np.testing.assert_allclose(kept.y, after, atol=1e-6)
    np.testing.assert_allclose(cut.y, [0, 0, 0.1], atol=1e-6)
    assert np.isnan(truth.y[1])
    assert "2 kept" in drawn.layout.annotations[0].text


def test_lines_lead_from_parents_to_children() -> None:
    drawn = beam_tree(
        [["a", "b"], ["c", "d"]], [(0, 0), (1, 0)], [[-1.0, -2.0], [-2.5, -3.0]], best=[1, 0], root="r", y_title="nats",
        texts=[["r a", "r b"], ["r b c", "r a d"]], sets="prompt",
    )  # fmt: skip
    every, best, words = drawn.data
    assert list(words.text) == ["<b>r</b>", "a", "<b>b</b>", "<b>c</b>", "d"]
    assert list(every.y) == [0, 0, None, 0, 1, None, 1, 0, None, 0, 1, None]
    assert list(best.y) == [0, 1, None, 1, 0, None]
    assert list(words.customdata) == [None, "r a", "r b", "r b c", "r a d"]
    assert words.meta == {"sets": ["prompt"]}


def test_words_of_a_kind_are_one_trace_and_typed_text_is_no_markup():
    rows = [[Word("<b>", "accepted", "0.9"), Word("cat", "own")], [Word("dog", "own")]]
    looks = {"accepted": Look("#0a6a54"), "rejected": Look("#b0330a", "s"), "own": Look("#3346cf", "b")}
    drawn = word_rows(rows, looks, names=["call 1", "call 2"], columns=["1", ""])
    assert [trace.name for trace in drawn.data] == ["accepted", "own"]
    assert drawn.data[0].text[0].startswith("&lt;b&gt;<br>")
    assert list(drawn.data[1].x) == [1, 0]
    assert drawn.data[1].text[1].startswith("<b>dog</b>")
