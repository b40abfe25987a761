"""What the pages on trained recurrent networks share: a text of known signs, and the point of a training to be read."""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
from pydantic import Field, StringConstraints
from torch import Tensor

Signs = Annotated[str, StringConstraints(min_length=1, max_length=200), Field(json_schema_extra={"words": False})]
"""Of a control: a text in signs that its networks know; no words are offered."""


def ids_of(text: str, alphabet: Sequence[str], longest: int, called: str = "characters") -> tuple[Tensor, list[str]]:
    """The signs of ``text`` that stand in ``alphabet``, at most ``longest``, (1, T); and notices of what was left out.

    A text without any is read as the alphabet's first sign.
    """
    ids = [alphabet.index(sign) for sign in text if sign in alphabet]
    left_out = len(text) - len(ids)
    notices = [f"text: {left_out} {called} were left out; known are {alphabet}"] if left_out else []
    return torch.tensor([ids[:longest] or [0]]), notices + cut(len(ids), longest, "characters")


def cut(count: int, longest: int, called: str) -> list[str]:
    """The notice that a text of so many ``called`` was too long, where it was."""
    return [f"text: cut after {longest} {called}"] if count > longest else []


def point_of_the_training(snapshots: Sequence[int], of: str = "", **shown: Any) -> Any:
    """The control that picks one of the ``snapshots`` (training steps), at first the last; ``of`` says what of."""
    last = len(snapshots) - 1
    return Field(
        last, ge=0, le=last, title="Point of the training",
        description=f"{of}0: after {snapshots[0]} steps; {last}: after {snapshots[-1]}", **shown,
    )  # fmt: skip
