"""Three figures of a capsule network: how long its capsules are, what one draws, what its numbers change."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.capsule_poses.altered_poses import DIMENSIONS, EDITS
from app.experiments.vision.capsule_poses.run import CapsulePosesResult
from app.provenance.origin import Plotted, computed
from models.convolution.capsule_network import lengths_of
from visualizers.distribution import bars
from visualizers.image import pictures
from visualizers.theme import ACCENT, INK_3


def figures(result: CapsulePosesResult, metrics: Measurements) -> Figures:
    return {
        "lengths": _lengths(result, metrics),
        "drawn": _drawn(result, metrics),
        "edits": _edits(result, metrics),
    }


def _lengths(result: CapsulePosesResult, metrics: Measurements) -> Figure:
    v = result.v[None]
    lengths = computed(lengths_of, v=v)
    return Figure(
        title="Length of each digit capsule",
        caption="One bar per digit. The longest names the digit; every length lies between 0 and 1.",
        text=(
            f"The capsule of {metrics['named']:.0f} is longest: its length is {metrics['longest']:.2f}, that of the"
            f" next {metrics['second_longest']:.2f}."
        ),
        plot=bars(
            lengths.tensor[0].numpy(),
            labels=[str(digit) for digit in range(10)],
            x_title="digit",
            y_range=(0, 1.12),
            colours=[ACCENT if digit == result.named else INK_3 for digit in range(10)],
            write=False,
        ),
        height=250,
        half=True,
        sources=[Plotted(lengths, lambda lengths: lengths[0])],
    )


def _drawn(result: CapsulePosesResult, metrics: Measurements) -> Figure:
    return Figure(
        title="The digit, and what its capsule draws",
        caption="The decoder sees eight numbers: the direction and length of one capsule.",
        text=(
            f"Over held-out digits the squared error is {metrics['squared_error']:.3f} per pixel; the mean image of the"
            f" right digit has {metrics['class_mean_error']:.3f}."
        ),
        plot=pictures(
            np.stack([result.image.numpy(), result.drawn.numpy()])[None],
            rows=[""], columns=["read", "drawn"], low=0.0, high=1.0,
        ),
        height=250,
        half=True,
    )  # fmt: skip


def _edits(result: CapsulePosesResult, metrics: Measurements) -> Figure:
    return Figure(
        title="One number of the pose changed at a time",
        caption="Rows are the eight numbers, columns the change. The middle column is the unchanged drawing.",
        text=f"Changing one number changes the ink of a pixel by up to {metrics['largest_change_by_an_edit']:.2f}.",
        plot=pictures(
            result.edited.numpy(),
            rows=[f"{number + 1}" for number in range(DIMENSIONS)],
            columns=[f"{change:+.2f}" if change else "0" for change in EDITS],
            low=0.0,
            high=1.0,
        ),
        height=430,
    )
