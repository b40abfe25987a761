"""The shape comments of the recipes whose models read texts in several cuts, executed."""

from models.data.spelling_lines import say, spell
from models.tokenization.cuts import characters
from models.training import text_cuts, vocabulary_sizes
from tests.shape_comments import shapes_checked


def test_lines_in_rows():
    with shapes_checked(text_cuts, N=2, T=24) as watch:
        ids, asked = text_cuts.rows_of(characters(text_cuts.ALPHABET), [spell("goat"), say(["cat", "dog"])])
    assert watch.reached
    assert not watch.unreached()
    assert asked.sum(dim=1).tolist() == [len(" g o a t ."), len(" cat dog .")]
    assert (ids[0, -1], asked[0, -1]) == (len(characters(text_cuts.ALPHABET).tokens) - 1, False)


def test_texts_in_rows():
    cut = vocabulary_sizes.cut_of([], 31)
    with shapes_checked(vocabulary_sizes, N=2, T=5) as watch:
        ids = vocabulary_sizes.rows_of(cut, ["ab", "cat."])
    assert watch.reached
    assert not watch.unreached()
    assert ids[0].tolist() == [30, *cut.ids("ab"), 30, 30]
