"""Words in coloured cells can be read: 4.5:1 in both themes, over every colour that a cell may have."""

import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from visualizers.buckets import buckets
from visualizers.heads import score_blocks
from visualizers.matrix import heatmap, write_cells
from visualizers.pair_grids import pair_grids
from visualizers.specialists import ranked
from visualizers.theme import INK

CSS = (Path(__file__).parents[2] / "assets" / "css" / "tokens.css").read_text()
SHARES = np.linspace(0, 1, 16).reshape(4, 4)
SIGNED = np.linspace(-1, 1, 16).reshape(4, 4)
FIGURES = {
    "written": write_cells(heatmap(SHARES, rows=list("abcd"), columns=list("abcd")), as_="%{z}"),
    "signed": write_cells(heatmap(SIGNED, rows=list("abcd"), columns=list("abcd"), signed=True), as_="%{z}"),
    "scores": score_blocks({"one": SHARES}, picked=(0, 0)),
    "ranked": ranked(list("abcd"), SHARES, np.zeros((4, 4), dtype=int), np.ones(4), 2, picked=0, sets="query"),
    "grids": pair_grids({"one": SHARES}, [], labels=list("abcd"), row_title="", column_title=""),
    "buckets": buckets(list("abcd"), np.arange(4), np.zeros(4, dtype=int), SHARES[-1], 4, 2),
}


def properties(theme: str) -> dict[str, str]:
    block = re.search(theme + r"\{(.*?)\n\}", CSS, re.S)[1]  # type: ignore[index]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


LIGHT, DARK = properties(r":root,\.light"), properties(r"\.dark")
STOPS = dict(zip(LIGHT["div"].split(","), DARK["div"].split(","), strict=True)) | {
    LIGHT[f"s{stop}"]: DARK[f"s{stop}"] for stop in range(9)
}


def channels(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(ink: str, cell: np.ndarray) -> float:
    low, high = sorted((luminance(channels(ink)), luminance(cell)))
    return (high + 0.05) / (low + 0.05)


def cells(trace: go.Heatmap, dark: bool) -> list[np.ndarray]:
    """The colours of all its cells, as Plotly mixes them."""
    at = [float(place) for place, _ in trace.colorscale]
    stops = np.array([channels(STOPS[colour] if dark else colour) for _, colour in trace.colorscale])
    values = np.asarray(trace.z, dtype=float)
    shares = (values[np.isfinite(values)] - trace.zmin) / (trace.zmax - trace.zmin)
    return [np.array([np.interp(share, at, stops[:, part]) for part in range(3)]) for share in shares.clip(0, 1)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_words_on_cells_can_be_read(name: str, dark: bool) -> None:
    trace = FIGURES[name].data[0]
    if trace.texttemplate:
        assert trace.textfont.color == INK
    ink = (DARK if dark else LIGHT)["ink"]
    assert min(contrast(ink, cell) for cell in cells(trace, dark)) >= 4.5
