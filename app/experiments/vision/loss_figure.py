"""The figure of the loss while one deep network learns digits."""

from torch import Tensor

from app.experiments.base import Figure
from app.experiments.vision.deep_digits import smoothed_steps
from visualizers.curve import curves
from visualizers.theme import ACCENT


def loss_figure(losses: Tensor, steps: int, text: str, height: int) -> Figure:
    """``losses`` (S',) are means of ten steps each, nats; ``steps`` is where the whole training ends."""
    drawn = curves(
        smoothed_steps(len(losses)).numpy(), {"loss": losses.numpy()}, x_title="step", y_range=(0, 2.6),
        colours={"loss": ACCENT}, room=44,
    )  # fmt: skip
    return Figure(
        title="Training loss, nats per digit",
        caption="Mean of ten steps.",
        text=text,
        plot=drawn.update_xaxes(range=[0, steps]),
        height=height,
        half=True,
    )
