"""Which pictures match a typed caption, what the encoder reads, and how all captions match all pictures."""

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.captions.run import CaptionsResult
from app.experiments.contrastive.captions.split_gradient import WORKERS
from app.provenance.origin import Plotted
from models.data.captioned_shapes import COLOURS, SHAPES, SIDES, caption
from visualizers.image import pictures
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import SERIES, note

SHOWN = 5
"""Best matching pictures, as the encoder reads them."""


def figures(result: CaptionsResult, metrics: Measurements) -> Figures:
    return {
        "match": _match(result, metrics),
        "best": _best(result),
        "matrix": _matrix(result, metrics),
    }


def named(kind: Tensor) -> str:
    return caption(*kind.tolist())


def _grid(typed: Tensor) -> Tensor:
    """(40,) → a row per colour, a column per shape and side (5, 8)."""
    return typed.view(len(COLOURS), -1)


def _match(result: CaptionsResult, metrics: Measurements) -> Figure:
    columns = [side for _ in SHAPES for side in SIDES]
    grid = _grid(result.typed)
    drawn = write_cells(
        heatmap(grid.numpy(), rows=list(COLOURS), columns=columns, signed=True), as_="%{z:.2f}"
    )  # fmt: skip
    drawn.update_xaxes(tickangle=0)
    for number, shape in enumerate(SHAPES):
        drawn.add_annotation(note(len(SIDES) * (number + 0.5) - 0.5, 0, shape, yref="paper", yanchor="top", yshift=-22))
    for place in result.new.nonzero()[:, 0].tolist():
        row, column = divmod(place, grid.shape[1])
        drawn.add_shape(
            type="rect", x0=column - 0.46, x1=column + 0.46, y0=row - 0.44, y1=row + 0.44,
            line={"color": SERIES[1], "width": 1.5},
        )  # fmt: skip
    best, two = int(result.typed.argmax()), result.controls.shown == "two shapes"
    beside = f", beside {named(result.others[best])}" if two else ""
    more = " A second shape, of another colour, is on the other side of each picture." if two else ""
    return Figure(
        title=f"“{result.controls.text[:60]}”: its cosine with 40 pictures",
        caption=(
            "A cell is a picture of one colour, shape and side. Framed: colours and shapes that were never trained"
            f" together.{more}"
        ),
        text=(
            f"The best match has a cosine of {metrics['highest_cosine']:.2f}: the picture of"
            f" {named(result.kinds[best])}{beside}. For {metrics['right_colour_percent']:.0f} % of such pictures the"
            " right caption is more similar than the same one in another colour; guessing gives 50 %."
        ),
        plot=drawn,
        height=300,
        sources=[Plotted(result.typed, _grid, trace="values")],
    )  # fmt: skip


def _best(result: CaptionsResult) -> Figure:
    order = result.typed.argsort(descending=True)[:SHOWN]
    channels = result.shown[order].transpose(0, 1)  # (3, SHOWN, N, N)
    return Figure(
        title="The five best matches, as the encoder reads them",
        caption="Rows are the red, green and blue part of each picture; the best match stands left.",
        text=f"The first three are {', '.join(named(result.kinds[k]) for k in order[:3].tolist())}.",
        plot=pictures(
            channels.numpy(), rows=["red", "green", "blue"], columns=[f"{k + 1}" for k in range(SHOWN)], low=0.0,
            high=1.0,
        ),
        height=300,
        half=True,
    )  # fmt: skip


def _matrix(result: CaptionsResult, metrics: Measurements) -> Figure:
    each = len(result.kinds) // len(COLOURS)
    drawn = heatmap(
        result.matrix.numpy(), rows=[""] * len(result.kinds), columns=[""] * len(result.kinds), signed=True,
        row_title="pictures, by colour", column_title="captions, by colour",
    )  # fmt: skip
    middles = [each * colour + (each - 1) / 2 for colour in range(len(COLOURS))]
    drawn.data[0].update(zmin=-1, zmax=1, xgap=0, ygap=0, hovertemplate="cosine %{z:.2f}<extra></extra>")
    drawn.update_xaxes(tickvals=middles, ticktext=list(COLOURS), tickangle=0)
    drawn.update_yaxes(tickvals=middles, ticktext=list(COLOURS), scaleanchor="x", constrain="domain")
    return Figure(
        title="Cosine of every picture with every caption",
        caption=(
            "Within each colour, shapes and sides follow in one order. A thin dark diagonal: each picture finds its own"
            " caption. Dark squares around it: only the colour is recognised."
        ),
        text=(
            f"A picture and its own caption have a cosine of {metrics['partner_cosine']:.2f} on average, with the other"
            f" captions {metrics['other_cosine']:z.2f}. Of pictures of one shape whose colour and shape were never"
            f" trained together, {metrics['new_colour_percent']:.0f} % get a caption of the right colour and"
            f" {metrics['new_shape_percent']:.0f} % one of the right shape; guessing gives 20 % and 25 %. Split over"
            f" {WORKERS} workers, the gradient has {metrics['gradient_length']:.2f} times the length of that of the"
            f" whole batch. Its cosine with it is {metrics['gradient_cosine']:.2f}, before training"
            f" {metrics['gradient_cosine_at_start']:.2f}."
        ),
        plot=drawn,
        height=380,
        half=True,
        sources=[Plotted(result.matrix, trace="values")],
    )
