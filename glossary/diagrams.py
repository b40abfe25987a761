"""Small diagrams of model families: boxes on a grid, arrows between them, and the entry that each part opens."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from glossary.schema import Line, Slug, Strict

FOLDER = Path(__file__).parent / "diagrams"


class Box(Strict):
    """``at`` is column and row. Without a part it is only there to be understood; without an entry it opens none."""

    says: Line
    at: tuple[int, int]
    part: str = ""
    entry: str = ""

    @property
    def name(self) -> str:
        return self.part or self.says


class Diagram(Strict):
    slug: Slug
    title: Line
    columns: int = Field(ge=1, le=6)
    boxes: list[Box] = Field(min_length=2)
    arrows: list[tuple[str, str]] = Field(description="from and to, boxes by their part")

    @property
    def rows(self) -> int:
        return 1 + max(box.at[1] for box in self.boxes)

    @property
    def parts(self) -> dict[str, Box]:
        return {box.name: box for box in self.boxes}

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if len({box.at for box in self.boxes}) < len(self.boxes) or any(b.at[0] >= self.columns for b in self.boxes):
            raise ValueError("every box has a place of its own within the columns")
        lost = {name for arrow in self.arrows for name in arrow} - self.parts.keys()
        if lost:
            raise ValueError(f"arrows lead to no box: {', '.join(sorted(lost))}")
        return self


@cache
def diagrams() -> dict[str, Diagram]:
    """Every diagram by id."""
    read = (
        Diagram.model_validate({"slug": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
        for path in sorted(FOLDER.glob("*.toml"))
    )
    return {diagram.slug: diagram for diagram in read}


def place(where: str) -> tuple[Diagram, str] | None:
    """“decoder/cache” → the diagram and the part; None if there is no such place."""
    name, _, part = where.partition("/")
    diagram = diagrams().get(name)
    return (diagram, part) if diagram and part in diagram.parts else None
