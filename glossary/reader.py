"""Reads the entries, chapters, references and lessons from their files."""

import re
import tomllib
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError

from glossary.schema import Entry, Lesson, Line, Slug, Strict

ROOT = Path(__file__).parent
SECTIONS = ("definition", "purpose", "fact_check", "details")


class EntryError(ValueError):
    """An entry file that does not read; the message names the file."""


class LessonError(ValueError):
    """A lesson file that does not read; the message names the file and every field that is wrong."""


class Chapter(Strict):
    slug: Slug
    title: Line
    entries: list[Slug] = Field(description="every entry of the chapter in teaching order, published or not yet")


class Reference(Strict):
    authors: Line
    title: Line
    year: int
    venue: str = ""
    arxiv: str = ""
    url: str = ""

    @property
    def address(self) -> str:
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.url


def read_entry(path: Path) -> Entry:
    """One entry from its file: TOML between two ``+++`` lines, then ``## Definition`` and the other sections."""
    try:
        before, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        sections = re.findall(r"^## (\w[\w ]*)\n+(.*?)(?=^## |\Z)", body, re.M | re.S)
        named = {name.lower().replace(" ", "_"): text.strip() for name, text in sections}
        if before.strip() or set(named) - set(SECTIONS):
            raise ValueError(f"sections are {', '.join(SECTIONS)}; found {', '.join(named)}")
        return Entry.model_validate({**tomllib.loads(front), **named, "slug": path.stem})
    except ValueError as problem:
        raise EntryError(f"{path.name}: {problem}") from problem


@cache
def chapters() -> tuple[Chapter, ...]:
    data = tomllib.loads((ROOT / "chapters.toml").read_text(encoding="utf-8"))
    return tuple(Chapter.model_validate(chapter) for chapter in data["chapters"])


@cache
def references() -> dict[str, Reference]:
    """Works cited by key; each stands in the file of the first chapter that cites it, and nowhere else."""
    found: dict[str, Reference] = {}
    for path in sorted((ROOT / "references").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if twice := sorted(found.keys() & data):
            raise EntryError(f"references/{path.name}: {', '.join(twice)}: already in another file")
        found |= {key: Reference.model_validate(value) for key, value in data.items()}
    return found


@cache
def entries() -> dict[str, Entry]:
    """Every published entry by id, in the order of the chapters."""
    read = {path.stem: read_entry(path) for path in sorted((ROOT / "entries").glob("*/*.md"))}
    order = [slug for chapter in chapters() for slug in chapter.entries]
    unknown = sorted(set(read) - set(order))
    if unknown:
        raise EntryError(f"{', '.join(unknown)}: not listed in chapters.toml")
    return {slug: read[slug] for slug in order if slug in read}


def read_lesson(path: Path) -> Lesson:
    """One lesson from its TOML file, whose name is its id."""
    try:
        return Lesson.model_validate({**tomllib.loads(path.read_text(encoding="utf-8")), "slug": path.stem})
    except ValidationError as wrong:
        lines = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in wrong.errors())
        raise LessonError(f"{path.name}: {'; '.join(lines)}") from wrong
    except ValueError as problem:
        raise LessonError(f"{path.name}: {problem}") from problem


@cache
def lessons() -> dict[str, Lesson]:
    """Every lesson by id, in the order of their places."""
    read = (read_lesson(path) for path in sorted((ROOT / "lessons").glob("*.toml")))
    return {lesson.slug: lesson for lesson in sorted(read, key=lambda lesson: lesson.place)}
