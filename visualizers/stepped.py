"""Frames of a figure that the page steps through."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

Patch = Mapping[str, Any]
"""What a step changes of one trace: ``{"x": …, "y": …}``."""


def stepped(
    drawn: go.Figure, names: Sequence[str], patches: Iterable[Sequence[Patch]], traces: Sequence[int]
) -> go.Figure:
    """Give ``drawn`` one frame a name; each holds a patch for every trace whose index is in ``traces``.

    Plotly would check the patches value by value, twice: 300 ms for the hands of RoPE. They are laid in unchecked,
    in the plain form that plotly keeps.
    """
    drawn.frames = [{"name": name, "traces": list(traces)} for name in names]
    for frame, patch in zip(drawn.frames, patches):
        frame._props["data"] = [dict(changes) for changes in patch]
    return drawn
