"""Small grids of numbers on one sheet, each at its place: an image, a kernel, the map that they make."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from visualizers.marks import left_empty
from visualizers.stepped import Patch, stepped
from visualizers.theme import ACCENT, DIVERGING, INK, INK_2, LEGIBLE, SEQUENTIAL, compact, figure, note, plain, scale


class Grid(NamedTuple):
    """``values`` (H, W), their top left corner ``at`` (x, y) in units of the sheet; ``cell`` is the side of one."""

    values: np.ndarray
    at: tuple[float, float]
    title: str = ""
    cell: float = 1.0
    signed: bool = False
    high: float | None = None
    """Where the colour scale ends; the largest value if nothing is said."""
    written: str = ""
    """A template of ``z`` that is written into the cells, such as ``%{z:.2~f}``."""
    hover: Sequence[Sequence[str]] | None = None

    @property
    def right(self) -> float:
        return float(self.at[0] + self.cell * self.values.shape[1])

    @property
    def below(self) -> float:
        return float(self.at[1] + self.cell * self.values.shape[0])

    def outline(
        self, row: float, column: float, rows: float = 1, columns: float = 1
    ) -> tuple[list[float], list[float]]:
        """The closed path around cells, from the first row and column on, as x and y."""
        left, top = self.at[0] + self.cell * column, self.at[1] + self.cell * row
        right, bottom = left + self.cell * columns, top + self.cell * rows
        return [left, right, right, left, left], [top, top, bottom, bottom, top]


def _heatmap(name: str, grid: Grid, size: int) -> go.Heatmap:
    finite = np.abs(grid.values[np.isfinite(grid.values)])
    top = (finite.max(initial=0.0) if grid.high is None else grid.high) or 1.0
    bound = float(top) * (LEGIBLE if grid.written else 1)
    trace = go.Heatmap(
        z=compact(grid.values), name=name,
        x0=grid.at[0] + grid.cell / 2, dx=grid.cell, y0=grid.at[1] + grid.cell / 2, dy=grid.cell,
        colorscale=scale(DIVERGING if grid.signed else SEQUENTIAL), zmin=-bound if grid.signed else 0, zmax=bound,
        showscale=False, xgap=1, ygap=1, hoverongaps=False, hovertemplate=f"{name}<br>%{{z:.4g}}<extra></extra>",
    )  # fmt: skip
    if grid.written:
        trace.update(texttemplate=grid.written, textfont={"size": size, "color": INK})
    if grid.hover is not None:
        trace.update(customdata=grid.hover, hovertemplate="%{customdata}<extra></extra>")
    return left_empty(trace)


def grids(
    panels: Mapping[str, Grid],
    *,
    signs: Sequence[tuple[float, float, str]] = (),
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
    size: int = 11,
    top: int = 22,
    bottom: float = 0.0,
) -> go.Figure:
    """Every grid under its title; a trace per grid, of its name, and per line.

    ``signs`` are words at (x, y), such as “×” between two grids. ``lines`` are outlines in accent: x and y, ``None``
    between two of them. Values that are not finite are left empty. ``bottom`` is room below, in units of the sheet.
    """
    traces: list[Any] = [_heatmap(name, grid, size) for name, grid in panels.items()]
    traces += [
        go.Scatter(x=x, y=y, name=name, mode="lines", line={"color": ACCENT, "width": 3}, hoverinfo="skip")
        for name, (x, y) in (lines or {}).items()
    ]
    words = [
        note((one.at[0] + one.right) / 2, one.at[1], plain(one.title), colour=INK_2, yanchor="bottom", yshift=3)
        for one in panels.values()
        if one.title
    ] + [note(x, y, text, colour=INK, font={"color": INK, "size": 15}) for x, y, text in signs]
    drawn = figure(traces, margin=(6, 6, top, 6), annotations=words)
    left, right = min(one.at[0] for one in panels.values()), max(one.right for one in panels.values())
    high, low = min(one.at[1] for one in panels.values()), max(one.below for one in panels.values())
    drawn.update_xaxes(range=[left - 0.2, right + 0.2], showticklabels=False, showline=False, constrain="domain")
    return drawn.update_yaxes(
        range=[low + 0.2 + bottom, high - 0.2], showticklabels=False, showgrid=False, scaleanchor="x",
        constrain="domain", constraintoward="top",
    )  # fmt: skip


def _total(numbers: np.ndarray) -> str:
    return f"sum {numbers.sum():.3g}".replace("-", "−")


def beside_learned(panels: Mapping[str, Grid], learned: Sequence[np.ndarray], steps: Sequence[int]) -> go.Figure:
    """What is wanted and, as the last of the ``panels``, what was learned; a frame per training step once there are
    several."""
    drawn = grids(panels)
    if len(learned) < 2:
        return drawn
    patches = [[{"z": compact(values)}] for values in learned]
    return stepped(drawn, [str(step) for step in steps], patches, traces=[len(panels) - 1])


def sliding_window(image: Grid, kernel: Grid, products: np.ndarray, output: Grid) -> go.Figure:
    """A kernel slides over an image, a frame per position: the patch, its products with the kernel, and their sum.

    ``products`` (H, W, K, K) for every cell of the ``output`` (H, W). Traces: “image”, “kernel”, “patch times kernel”,
    “feature map”, “window”, “position”, “sum”.
    """
    H, W, K, _ = products.shape
    side = kernel.cell
    product = Grid(
        products[0, 0], (kernel.right + 1.2, kernel.at[1]), "patch × kernel", side, True, np.abs(products).max(),
        kernel.written,
    )  # fmt: skip
    middle = kernel.at[1] + side * K / 2
    drawn = grids(
        {"image": image, "kernel": kernel, "patch times kernel": product, "feature map": output},
        lines={
            "window": image.outline(0, 0, K, K),
            "position": output.outline(0, 0),
        },
    )
    drawn.add_scatter(
        x=[product.right + 0.5], y=[middle], text=[_total(products[0, 0])], name="sum", mode="text",
        textposition="middle right",
        textfont={"size": 15, "color": INK}, hoverinfo="skip",
    )  # fmt: skip
    cells = [(row, column) for row in range(H) for column in range(W)]
    patches: list[list[Patch]] = []
    for row, column in cells:
        window, spot = image.outline(row, column, K, K), output.outline(row, column)
        patches.append(
            [
                {"z": compact(products[row, column])},
                {"x": window[0], "y": window[1]},
                {"x": spot[0], "y": spot[1]},
                {"text": [_total(products[row, column])]},
            ]
        )
    return stepped(drawn, [f"row {row}, column {column}" for row, column in cells], patches, traces=[2, 4, 5, 6])


def laid_windows(
    image: Grid, output: Grid, *, corner: tuple[int, int], stride: int, reach: int, label_column: int
) -> go.Figure:
    """Windows of ``reach`` pixels over an image, one frame per cell of the output that they make.

    The first window has its ``corner`` (row, column) there, which is negative where there is padding; a dotted
    frame stands around ``label_column``. Traces: “image”, “output”, “window”, “position”, “label column”.
    """
    H, W = output.values.shape
    label = image.outline(0, label_column, image.values.shape[0], 1)
    top, left = corner
    drawn = grids(
        {"image": image, "output": output},
        lines={
            "window": image.outline(top, left, reach, reach),
            "position": output.outline(0, 0),
        },
    )
    drawn.add_scatter(
        x=label[0], y=label[1], name="label column", mode="lines", line={"color": INK_2, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )  # fmt: skip
    side = image.values.shape[0]
    around = max(-min(top, left), 0)
    drawn.update_xaxes(range=[-around - 0.3, output.right + 0.3])
    drawn.update_yaxes(range=[max(side + around, output.below) + 0.3, -around - 0.3])
    cells = [(row, column) for row in range(H) for column in range(W)]
    patches = []
    for row, column in cells:
        window = image.outline(top + stride * row, left + stride * column, reach, reach)
        spot = output.outline(row, column)
        patches.append([{"x": window[0], "y": window[1]}, {"x": spot[0], "y": spot[1]}])
    return stepped(drawn, [f"row {row}, column {column}" for row, column in cells], patches, traces=[2, 3])


def stamps(image: Grid, kernel: Grid, output: Grid, *, stride: int) -> go.Figure:
    """Every cell of ``image`` and the cells of ``output`` that it stamps the kernel into, a frame per cell.

    Traces: “input”, “kernel”, “output”, “input pixel”, “stamp”.
    """
    H, W = image.values.shape
    K = len(kernel.values)
    drawn = grids(
        {"input": image, "kernel": kernel, "output": output},
        lines={"input pixel": image.outline(0, 0), "stamp": output.outline(0, 0, K, K)},
    )
    cells = [(row, column) for row in range(H) for column in range(W)]
    patches = []
    for row, column in cells:
        pixel, stamp = image.outline(row, column), output.outline(stride * row, stride * column, K, K)
        patches.append([{"x": pixel[0], "y": pixel[1]}, {"x": stamp[0], "y": stamp[1]}])
    return stepped(drawn, [f"row {row}, column {column}" for row, column in cells], patches, traces=[3, 4])
