"""The kernel at work on one digit, and the nine numbers that were learned beside those that were hidden."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.convolution.run import ConvolutionResult, distance
from app.provenance.origin import Computed, Plotted
from models.convolution.convolution import conv2d
from visualizers.curve import curves
from visualizers.grids import Grid, beside_learned, sliding_window

NUMBERS = "%{z:.2~f}"


def figures(result: ConvolutionResult, metrics: Measurements) -> Figures:
    return {
        "window": _window(result),
        "kernels": _kernels(result, metrics),
        "error": _error(result, metrics),
    }


def sums(result: ConvolutionResult) -> list[list[str]]:
    """“0.5 × 1 + …” for every cell of the map: what is not zero of patch times kernel."""
    patches = (result.products / result.filter[0, 0].where(result.filter[0, 0] != 0, 1)).flatten(2).tolist()
    weights = result.filter.flatten().tolist()

    def spelled(patch: list[float], total: float) -> str:
        terms = [f"{x:.2g}·{w:.2g}" for x, w in zip(patch, weights) if x and w]
        return (
            "<br>".join([" + ".join(terms[:5]), *([" + ".join(terms[5:])] if terms[5:] else [])]) + f"<br>= {total:.3g}"
        )

    return [
        [spelled(patch, total).replace("-", "−") for patch, total in zip(row, totals)]
        for row, totals in zip(patches, result.products.sum(dim=(-2, -1)).tolist())
    ]


def _window(result: ConvolutionResult) -> Figure:
    computed = Computed(result.output, conv2d, {"x": result.image, "w": result.filter})
    best = int(result.output.abs().argmax())
    row, column = divmod(best, 6)
    image = Grid(result.image[0, 0].numpy(), (0, 0), "image, 8×8", high=1.0)
    kernel = Grid(result.filter[0, 0].numpy(), (0, 10), "kernel", 1.4, True, written=NUMBERS)
    output = Grid(result.output[0, 0].numpy(), (10, 1), "feature map, 6×6", signed=True, hover=sums(result))
    return Figure(
        title="One kernel slides over the image",
        caption=(
            "The framed patch times the kernel, summed, is one number of the feature map. The kernel’s nine numbers"
            " are the same at every position."
        ),
        text=(
            f"The strongest response is {result.output.flatten()[best]:.3g}".replace("-", "−")
            + f", in row {row}, column {column} of the"
            " feature map. It has 36 numbers, all made with the same nine weights."
        ),
        plot=sliding_window(image, kernel, result.products.numpy(), output),
        height=430,
        steps="position",
        start=best,
        sources=[
            Plotted(computed, lambda y: y[0, 0], "feature map"),
            Plotted(result.image, lambda x: x[0, 0], "image"),
            Plotted(result.filter, lambda w: w[0, 0], "kernel"),
        ],
    )


def _numbers(kernel: Tensor) -> np.ndarray:
    return kernel[0, 0].numpy()


def _kernels(result: ConvolutionResult, metrics: Measurements) -> Figure:
    progress, hidden = result.progress, _numbers(result.filter)
    high = float(np.abs(hidden).max())
    panels = {
        "hidden filter": Grid(hidden, (0, 0), "hidden filter", 1, True, high, NUMBERS),
        "learned kernel": Grid(_numbers(progress.newest), (4, 0), "learned kernel", 1, True, high, NUMBERS),
    }
    return Figure(
        title="The hidden filter, and the kernel learned from examples",
        caption="The learner sees only images and their filtered versions. Step through its training.",
        text=(
            f"After {progress.step} steps the nine learned numbers are off by at most"
            f" {metrics['largest_kernel_error']:.2g}."
        ),
        plot=beside_learned(panels, [_numbers(one) for one in progress.shown], progress.shown_steps),
        height=230,
        half=True,
        steps="step",
        start=len(progress.shown) - 1,
    )


def _error(result: ConvolutionResult, metrics: Measurements) -> Figure:
    progress = result.progress
    left = metrics["unexplained_share"]
    error = np.array([max(distance(one, result.filter), 1e-7) for one in progress.snapshots])
    return Figure(
        title="Largest error of the nine numbers, by training step",
        caption="Logarithmic. A line that stays high means that no single kernel explains the targets.",
        text=(
            f"The learned kernel leaves {f'{left:.1%}' if left >= 0.001 else 'less than 0.1%'} of the variance of"
            " held-out targets unexplained."
        ),
        plot=curves(
            np.array(progress.taken), {"largest error": error}, x_title="training step", y_log=True, room=84,
            markers=True,
        ),
        height=230,
        half=True,
    )  # fmt: skip
