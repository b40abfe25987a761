"""The shape comments of the recipes whose models read texts in several cuts, executed."""

from models.data import cut_lines
from models.data.spelling_lines import say, spell
from models.tokenization.cuts import characters
from models.training import vocabulary_sizes
from tests.shape_comments import shapes_checked


def test_lines_in_rows():
    with shapes_checked(cut_lines, N=2, T=24) as watch:
        ids, asked = cut_lines.rows_of(characters(cut_lines.ALPHABET), [spell("goat"), say(["cat", "dog"])])
    assert watch.reached
    assert not watch.unreached()
    assert asked.sum(dim=1).tolist() == [len(" g o a t ."), len(" cat dog .")]
    assert (ids[0, -1], asked[0, -1]) == (len(characters(cut_lines.ALPHABET).tokens) - 1, False)


def test_texts_in_rows():
    cut = vocabulary_sizes.cut_of([], 31)
    with shapes_checked(vocabulary_sizes, N=2, T=5) as watch:
        ids = vocabulary_sizes.rows_of(cut, ["ab", "cat."])
    assert watch.reached
    assert not watch.unreached()
    assert ids[0].tolist() == [30, *cut.ids("ab"), 30, 30]
