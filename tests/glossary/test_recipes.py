"""Recipes read, name only what there is, and say clearly what is wrong."""

import re

import pytest

from glossary.recipes import RecipeError, read, recipes, with_part

GOOD = """
title = "One"
year = 2020
cite = ["vaswani2017attention#section 3"]
[parts]
softmax = "here"
rope = "there"
"""


def test_the_models_asked_for_are_there() -> None:
    assert {"gpt-2", "llama-3", "mixtral", "deepseek-v3", "mamba-2", "stable-diffusion"} <= set(recipes())
    assert [recipe.year for recipe in recipes().values()] == sorted(recipe.year for recipe in recipes().values())


def test_an_entry_knows_the_models_it_is_a_part_of() -> None:
    assert "llama-3" in [recipe.slug for recipe in with_part("grouped-query-attention")]
    assert with_part("no-such-entry") == []


def test_parts_keep_their_order() -> None:
    assert list(read("one", GOOD).parts) == ["softmax", "rope"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("softmax =", "soft-max ="), "one.toml: soft-max: not in chapters.toml or references"),
        (("vaswani2017attention#", "nobody2017#"), "one.toml: nobody2017#section 3: not in"),
        (("year = 2020", ""), "one.toml: 1 validation error"),
        (('rope = "there"', 'rope = ""'), "rope"),
    ],
)
def test_what_is_wrong_is_named(change: tuple[str, str], named: str) -> None:
    with pytest.raises(RecipeError, match=re.escape(named)):
        read("one", GOOD.replace(*change))


def test_a_name_that_is_no_id_is_refused() -> None:
    with pytest.raises(RecipeError, match="slug"):
        read("One", GOOD)
