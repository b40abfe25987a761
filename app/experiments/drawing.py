"""A digit that a person draws: a control of any experiment that reads an image.

Its value is text, so that what is drawn travels in the address and is stored nowhere: “example 7” is the seventh
held-out digit, counted from 0; 64 hexadecimal digits are the ink of 8×8 pixels, row by row, ``0`` paper and ``f`` ink.

    class Controls(base.Controls):
        drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
"""

import re
from typing import Annotated

import torch
from pydantic import AfterValidator, Field
from pydantic.config import JsonDict
from torch import Tensor

from models.data.digits import HELD_OUT, digits

SIDE = 8
"""Pixels along one side."""

FIRST_EXAMPLE = "example 0"

_TAKES = f"takes “example 0” to “example {HELD_OUT - 1}”, or {SIDE * SIDE} hexadecimal digits, row by row"
_EXAMPLE = re.compile(r"example\s*(\d{1,3})")
_PIXELS = re.compile(rf"[0-9a-f]{{{SIDE * SIDE}}}")


def _written(text: str) -> str:
    """One spelling for one image, so that equal drawings share a run."""
    text = text.strip().lower()
    example = _EXAMPLE.fullmatch(text)
    if example and int(example[1]) < HELD_OUT:
        return f"example {int(example[1])}"
    if _PIXELS.fullmatch(text):
        return text
    raise ValueError(_TAKES)


DRAWING: JsonDict = {"kind": "drawing"}
"""Tells the page to show the canvas."""

Drawing = Annotated[str, AfterValidator(_written), Field(json_schema_extra=DRAWING)]
"""An 8×8 image as text. A field that is also out of sight takes ``json_schema_extra=DRAWING | MORE``."""


def example_number(text: str) -> int | None:
    """Which held-out digit it is; None if it is drawn."""
    example = _EXAMPLE.fullmatch(text)
    return int(example[1]) if example else None


def read_drawing(text: str) -> Tensor:
    """The image of a ``Drawing``, from 0 (paper) to 1 (ink).  (N, N), N = 8

    Raises:
        ValueError: if the text is no drawing; its words say what is.
    """
    text = _written(text)
    example = example_number(text)
    if example is not None:
        return (digits()[1].images[example, 0] + 1) / 2  # (N, N)
    return torch.tensor([int(pixel, 16) / 15 for pixel in text]).view(SIDE, SIDE)  # (N, N)


def drawing_label(text: str) -> int | None:
    """The digit that its writer meant, for an example; nobody knows it of a drawing."""
    example = example_number(_written(text))
    return None if example is None else int(digits()[1].labels[example])
