"""A grid and its image with a marked square, and the count of the mapped points beside the formula's density."""

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.mapped_density.run import COVERED, MappedResult
from app.provenance.origin import Computed, Plotted
from models.generative.change_of_variables import PLANE_MAPS, cell_masses
from visualizers.density_maps import density_maps
from visualizers.warped_grid import before_and_after

LINES, ALONG, DRAWN = 11, 41, 500
COUNTED, FORMULA = "counted", "by the formula"


def figures(result: MappedResult, metrics: Measurements) -> Figures:
    return {"grid": _grid(result, metrics), "densities": _densities(result, metrics)}


def grid_lines() -> Tensor:
    """Vertical and horizontal lines of the plane.  (2 LINES, ALONG, 2)"""
    place, along = torch.linspace(-COVERED, COVERED, LINES), torch.linspace(-COVERED, COVERED, ALONG)
    at, to = place[:, None].expand(-1, ALONG), along.expand(LINES, -1)
    return torch.cat([torch.stack([at, to], -1), torch.stack([to, at], -1)])


def _grid(result: MappedResult, metrics: Measurements) -> Figure:
    c = result.controls
    given = PLANE_MAPS[c.map]
    mapped = lambda x: given.forward(x, c.amount)
    lines, outline = grid_lines(), mapped(result.outline)
    edge = (-COVERED - 0.3, COVERED + 0.3)
    window = tuple((low - 0.2, high + 0.2) for low, high in result.window)
    growth, determinant = metrics["square_growth"], metrics["determinant"]
    return Figure(
        title="The plane before and after the map",
        caption=(
            "{trace:points|Points} of a normal distribution, and {trace:square|a marked square}. Where its image is"
            " larger, the same points lie farther apart."
        ),
        text=(
            f"The image of the marked square has {growth:.2f} times the square’s area. At the square’s middle |det J|"
            f" is {determinant:.2f}."
        ),
        plot=before_and_after(
            (lines.numpy(), mapped(lines).numpy()),
            (result.x[:DRAWN].numpy(), result.y[:DRAWN].numpy()),
            (result.outline.numpy(), outline.numpy()),
            ranges=((edge, edge), (window[0], window[1])),
            titles=("before: x", "after: y = f(x)"),
        ),
        height=360,
        sources=[
            Plotted(result.y[:DRAWN, 1], trace="points, mapped"),
            Plotted(result.x[:DRAWN, 1], trace="points"),
        ],
    )


def _densities(result: MappedResult, metrics: Measurements) -> Figure:
    c = result.controls
    expected = Computed(result.expected / c.points, cell_masses, {"density": result.density, "weights": result.weights})
    share = result.counts / c.points  # (CELLS, CELLS)
    return Figure(
        title="Share of the points per cell of the plane of y",
        caption="Left: counted. Right: what the formula gives. They should look alike.",
        text=(
            f"The squared deviation of a cell’s count is {metrics['chi_square_per_cell']:.3g} times what chance"
            f" explains. In this window the formula puts {metrics['mass_ratio']:.3f} times the mass that was counted."
        ),
        plot=density_maps(
            {COUNTED: share.numpy(), FORMULA: expected.tensor.numpy()},
            (result.window[0], result.window[1]),
            highest=max(float(share.max()), 1e-9),
            unit="of the points",
        ),
        height=320,
        sources=[Plotted(share, trace=COUNTED), Plotted(expected, trace=FORMULA)],
    )
