"""Where the pixels of a diffusion run come from: the step that made each sample, and the guess that led it."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from app.experiments.generative.diffusion.layout import COLUMNS, LARGEST_FRAMES, ROWS, SHOWN_DIGIT, SHOWN_STOPS, spaced
from app.experiments.generative.diffusion.run import DiffusionResult
from app.experiments.generative.subjects import DIGITS
from app.provenance.origin import Computed, Plotted
from models.generative.denoiser import trained_alpha_bar
from models.generative.diffusion import ReverseStep, predicted_x0
from visualizers.image import IMAGES, sheet


def sources_of(result: DiffusionResult, sampler: ReverseStep) -> dict[str, list[Plotted]]:
    """By the key of the figure; points have none."""
    if result.data != DIGITS:
        return {}
    level = trained_alpha_bar()[list(result.times)].view(-1, 1, 1, 1, 1)  # 1 − ᾱ wants all of its digits
    a, b, x = level[:-1], level[1:], result.x[1:-1]
    before = {"x": result.x[:-1], "x0": result.guesses[:-1], "fresh": result.fresh, "a": a, "b": b}
    step = Computed(result.x[1:], sampler, before)
    # Not at T, where dividing by √ᾱ = 0.00005 leaves of a float's digits too few.
    guess = Computed(result.guesses[1:-1], predicted_x0, {"x": x, "noise": result.noise[1:-1], "a": a[1:]})
    return _sheets(result, step, guess, x)


def _sheets(result: DiffusionResult, step: Computed, guess: Computed, x: Tensor) -> dict[str, list[Plotted]]:
    """Where the figures of digits show samples, by the steps that made them, guesses, and what a guess was made of.

    ``step`` has no sample at the first stop; ``guess`` and ``x`` have none there nor at the last.
    """
    frames, stops = (spaced(len(result.times), most) for most in (LARGEST_FRAMES, SHOWN_STOPS))
    labels = result.asked.tolist()
    one = labels.index(SHOWN_DIGIT) if SHOWN_DIGIT in labels else 0

    def film(row: int, whole: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """Every frame's sheet, the digits in one of its rows: (F, …)."""
        images = torch.zeros(len(frames), len(ROWS), min(COLUMNS, len(labels)), *x.shape[-2:], dtype=x.dtype)
        images[:, row] = whole(x)[frames][:, :COLUMNS, 0]
        return torch.stack([torch.from_numpy(sheet(frame.numpy())) for frame in images])

    def way(row: int, whole: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        images = torch.zeros(len(ROWS), len(stops), *x.shape[-2:], dtype=x.dtype)
        images[row] = whole(x)[stops, one, 0]
        return torch.from_numpy(sheet(images.numpy(), under=True))

    def late(x: Tensor) -> Tensor:
        return torch.cat([x.new_zeros(1, *x.shape[1:]), x])

    def inner(x: Tensor) -> Tensor:
        return torch.cat([late(x), x.new_zeros(1, *x.shape[1:])])

    sources: dict[str, list[Plotted]] = {"way": [], "stops": []}
    for shows, row, whole in ((step, 1, late), (guess, 2, inner), (x, 1, inner)):
        sources["way"].append(Plotted(shows, partial(way, row, whole), trace=IMAGES, unit=None))
        sources["stops"].append(Plotted(shows, partial(film, row, whole), trace=IMAGES, framed=True, unit=None))
    return sources
