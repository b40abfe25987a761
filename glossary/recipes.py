"""Published models as recipes: which entries they are made of, and which models an entry is a part of."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field

from glossary import reader
from glossary.schema import Line, Slug, Strict

FILE = Path(__file__).parent / "recipes.toml"


class RecipeError(ValueError):
    """A recipe that does not read; the message names it."""


class Recipe(Strict):
    slug: Slug
    title: Line
    year: int = Field(ge=1940, le=2100)
    cite: list[str] = Field(min_length=1, description="key#section, keys from references/")
    parts: dict[Slug, Line] = Field(min_length=2, description="catalogue id → what the cited work says of this part")


def read(text: str) -> dict[str, Recipe]:
    """Recipes by id from TOML, in its order. Raises RecipeError where a part, a citation or the form is wrong."""
    catalogue = {slug for chapter in reader.chapters() for slug in chapter.entries}
    found = {}
    for slug, table in tomllib.loads(text).items():
        try:
            found[slug] = recipe = Recipe.model_validate({"slug": slug, **table})
        except ValueError as problem:
            raise RecipeError(f"recipes.toml, {slug}: {problem}") from problem
        lost = [part for part in recipe.parts if part not in catalogue]
        lost += [cite for cite in recipe.cite if cite.partition("#")[0] not in reader.references()]
        if lost:
            raise RecipeError(f"recipes.toml, {slug}: {', '.join(lost)}: not in chapters.toml or references")
    return found


@cache
def recipes() -> dict[str, Recipe]:
    """Every recipe by id, oldest first."""
    read_ones = read(FILE.read_text(encoding="utf-8"))
    return dict(sorted(read_ones.items(), key=lambda item: item[1].year))


def with_part(entry: str) -> list[Recipe]:
    """The recipes that use an entry."""
    return [recipe for recipe in recipes().values() if entry in recipe.parts]
