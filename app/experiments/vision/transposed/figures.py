"""The stamps of one image, how many of them overlap, and a smooth image enlarged before and after training."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.transposed.run import FORMS, TransposedResult
from app.provenance.origin import Computed, Plotted
from models.convolution.transposed import overlaps
from visualizers.grids import Grid, beside_learned, grids, stamps

NUMBERS = "%{z:.2~f}"


def figures(result: TransposedResult, metrics: Measurements) -> Figures:
    return {
        "stamps": _stamps(result, metrics),
        "overlaps": _overlaps(result, metrics),
        "trained": _trained(result, metrics),
    }


def _stamps(result: TransposedResult, metrics: Measurements) -> Figure:
    c, side = result.controls, result.output.shape[-1]
    arguments = {"y": result.image, "w": result.kernel, "s": c.stride}
    computed = Computed(result.output, FORMS[c.form], arguments)
    image = Grid(result.image[0, 0].numpy(), (0, 0), "input, 4×4", 2, high=1.0, written="%{z:.1~f}")
    kernel = Grid(result.kernel[0, 0].numpy(), (0, 10.2), "kernel", min(2, 8 / c.kernel), high=2.0, written=NUMBERS)
    output = Grid(result.output[0, 0].numpy(), (10, 0), f"output, {side}×{side}", 16 / side)
    first = int(result.image.argmax())
    return Figure(
        title="Each input pixel stamps the kernel into the output",
        caption=(
            "The framed input pixel, times the kernel, is added inside the frame of the output. Neighbouring stamps"
            f" are {c.stride} pixels apart; where they overlap, they add up."
        ),
        text=f"4×4 inputs become {side}×{side} outputs; a pixel receives at most {metrics['most_stamps']:.0f} stamps.",
        plot=stamps(image, kernel, output, stride=c.stride),
        height=420,
        steps="input pixel",
        start=first,
        sources=[
            Plotted(computed, lambda o: o[0, 0], "output"),
            Plotted(result.image, lambda y: y[0, 0], "input"),
            Plotted(result.kernel, lambda w: w[0, 0], "kernel"),
        ],
    )


def _overlaps(result: TransposedResult, metrics: Measurements) -> Figure:
    c = result.controls
    computed = Computed(result.overlaps, overlaps, {"N": 4, "K": c.kernel, "s": c.stride})
    return Figure(
        title="How many stamps each output pixel receives",
        caption=(
            "A checkerboard of counts is a checkerboard in the output of random kernels. Where K is a multiple of s the"
            " counts inside are equal."
        ),
        text=(
            f"Before training, the weakest positions of the pattern are {metrics['unevenness_at_start']:.0%} weaker"
            " than the strongest."
        ),
        plot=grids({"stamps": Grid(result.overlaps.numpy(), (0, 0), written="%{z:.0f}")}, top=6),
        height=300,
        half=True,
        sources=[Plotted(computed)],
    )


def _trained(result: TransposedResult, metrics: Measurements) -> Figure:
    c, progress = result.controls, result.progress
    high = float(result.wanted.abs().max())

    def enlarged(kernel: Tensor) -> np.ndarray:
        made: np.ndarray = FORMS[c.form](result.shown, kernel, c.stride)[0, 0].numpy()
        return made

    side = result.wanted.shape[-1]
    panels = {
        "wanted": Grid(result.wanted[0, 0].numpy(), (0, 0), "exact", 1, True, high),
        "made": Grid(enlarged(progress.newest), (side + 1.5, 0), "by the kernel", 1, True, high),
    }
    return Figure(
        title="A held-out smooth image, enlarged while the kernel learns",
        caption="Step to 0 to see the random kernel’s pattern. Training removes it if each pixel receives a stamp.",
        text=(
            f"After {progress.step} steps the weakest positions are {metrics['unevenness_after_training']:.0%} weaker"
            f" than the strongest, and the error is {metrics['error_after_training']:.2g}."
        ),
        plot=beside_learned(panels, [enlarged(one) for one in progress.shown], progress.shown_steps),
        height=300,
        half=True,
        steps="step",
        start=len(progress.shown) - 1,
    )
