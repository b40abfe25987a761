"""The stretched decoder trained further: on long texts, or on as many tokens of another kind."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import torch
from torch import Tensor

from app.experiments.live_training import Progress, training
from app.experiments.position.context_extension import TUNED, length, long_texts, read, trained_on
from models.language.loss_by_length import TRAINED
from models.seeding import generator
from models.transformer.decoder import Decoder

EVALUATE_EVERY = 5  # steps
Kind = Literal["long texts", "texts of 64 tokens", "shuffled tokens", "long texts, by plain RoPE"]


def texts_for_training(kind: Kind, steps: int, stretch: int, seed: int) -> Tensor:
    """Held-out texts for the steps of further training, as many tokens of whichever kind: (N, T)."""
    T = TRAINED if kind == "texts of 64 tokens" else length(stretch)
    rows = long_texts(seed, steps * TUNED // T, T, "further training")
    if kind == "shuffled tokens":
        order = torch.rand(rows.shape, generator=generator(seed)).argsort(dim=1)  # (N, T)
        return rows.gather(1, order)
    return rows


def trained_further(
    untuned: Mapping[str, Tensor], by: Callable[[str, Decoder | None], Decoder],
    kind: Kind, steps: int, stretch: int, seed: int, device: str,
) -> Iterator[Progress[dict[str, Tensor]]]:  # fmt: skip
    """Method → mean loss by position (T − 1,), first ``untuned``; ``by`` puts a method on the trained decoder, or on
    another.
    """
    rows, by_plain = texts_for_training(kind, steps, stretch, seed).to(device), kind == "long texts, by plain RoPE"
    trained = ("none",) if by_plain else tuple(untuned)
    further = trained_on({name: by(name, None) for name in trained}, rows)
    models: dict[str, Decoder] = {}

    def step() -> None:
        models.update(next(further))

    def evaluate() -> dict[str, Tensor]:
        if not models:
            return dict(untuned)
        own = {name: by(name, models["none"]) for name in untuned} if by_plain else models
        return {name: read(own[name], stretch, seed, device) for name in untuned}

    return training(step, evaluate, steps, steps // EVALUATE_EVERY)
