"""Reads the entries, chapters, references and lessons from their files."""

import re
import threading
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError

from glossary.schema import Entry, Head, Lesson, Line, Slug, Strict

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


def read_head(path: Path) -> Head:
    """The head of one entry: a tenth of the time that the whole takes."""
    try:
        _, front, _ = path.read_text(encoding="utf-8").split("+++\n", 2)
        above, *_ = re.split(r"^\[", front, maxsplit=1, flags=re.M)
        return Head.model_validate({**tomllib.loads(above), "slug": path.stem})
    except ValueError as problem:
        raise EntryError(f"{path.name}: {problem}") from problem


class Entries(Mapping[str, Entry]):
    """Entries by id, each read when it is first asked for. Raises EntryError then if its file does not read.

    One thread reads at a time: thirty first pages would else read every file thirty times (1 s became 0.2 s).
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths
        self._read: dict[str, Entry] = {}
        self._reading = threading.Lock()

    def __getitem__(self, slug: str) -> Entry:
        if slug not in self._read:
            with self._reading:
                if slug not in self._read:
                    self._read[slug] = read_entry(self._paths[slug])
        return self._read[slug]

    def __contains__(self, slug: object) -> bool:
        return slug in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


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
def _paths() -> dict[str, Path]:
    """The file of every published entry by id, in the order of the chapters."""
    found = {path.stem: path for path in sorted((ROOT / "entries").glob("*/*.md"))}
    order = [slug for chapter in chapters() for slug in chapter.entries]
    unknown = sorted(set(found) - set(order))
    if unknown:
        raise EntryError(f"{', '.join(unknown)}: not listed in chapters.toml")
    return {slug: found[slug] for slug in order if slug in found}


@cache
def heads() -> Mapping[str, Head]:
    """The head of every published entry by id, in the order of the chapters: what lists and links take."""
    return {slug: read_head(path) for slug, path in _paths().items()}


@cache
def entries() -> Mapping[str, Entry]:
    """Every published entry by id, in the order of the chapters; none is read before it is asked for."""
    return Entries(_paths())


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
