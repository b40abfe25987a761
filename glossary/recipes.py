"""Published models as recipes: which entries they are made of, and which models an entry is a part of.

A recipe's file lists the ids of its parts in the order in which data meets them, then how the model was trained. What
stands behind an id is what the cited work says of that part, and nothing that it does not say.
"""

import tomllib
from functools import cache

from pydantic import Field

from glossary import reader
from glossary.schema import Line, Slug, Strict


class RecipeError(ValueError):
    """A recipe that does not read; the message names it."""


class Recipe(Strict):
    slug: Slug
    title: Line
    year: int = Field(ge=1940, le=2100)
    cite: list[str] = Field(min_length=1, description="key#section, keys from references/")
    parts: dict[Slug, Line] = Field(min_length=2, description="catalogue id → what the cited work says of this part")


def read(slug: str, text: str) -> Recipe:
    """One recipe from its TOML file, whose name is its id. Raises RecipeError where anything in it is wrong."""
    try:
        recipe = Recipe.model_validate({**tomllib.loads(text), "slug": slug})
    except ValueError as problem:
        raise RecipeError(f"recipes/{slug}.toml: {problem}") from problem
    catalogue = {entry for chapter in reader.chapters() for entry in chapter.entries}
    lost = [part for part in recipe.parts if part not in catalogue]
    lost += [cite for cite in recipe.cite if cite.partition("#")[0] not in reader.references()]
    if lost:
        raise RecipeError(f"recipes/{slug}.toml: {', '.join(lost)}: not in chapters.toml or references")
    return recipe


@cache
def recipes() -> dict[str, Recipe]:
    """Every recipe by id, oldest first."""
    files = sorted((reader.ROOT / "recipes").glob("*.toml"))
    found = {path.stem: read(path.stem, path.read_text(encoding="utf-8")) for path in files}
    return dict(sorted(found.items(), key=lambda item: item[1].year))


def with_part(entry: str) -> list[Recipe]:
    """The recipes that use an entry."""
    return [recipe for recipe in recipes().values() if entry in recipe.parts]
