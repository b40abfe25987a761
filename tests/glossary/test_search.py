import pytest

from glossary.search import nearest, search


@pytest.mark.parametrize(
    "text", ["softmax", "Softmax", "SOFTMAX ", "soft", "normalised exponential", "softmaks", "söftmax"]
)
def test_a_name_an_alias_and_a_typing_error_find_the_entry(text: str) -> None:
    assert search(text)[0].slug == "softmax"


@pytest.mark.parametrize("text", ["", "   ", "<script>", "%%%", "😀"])
def test_nothing_sensible_finds_nothing_and_breaks_nothing(text: str) -> None:
    assert isinstance(search(text), list)


def test_the_nearest_id_to_a_mistyped_one() -> None:
    assert nearest("sofmax")[0] == "softmax"
