"""Small classifiers of digits, trained in a second on a canvas with room to move, and tested on moved digits.

Paper: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", section II.A (why shared weights
and subsampling are to help against shifts).

Symbols
    x  digits on a canvas (B, 1, N, N), from 0 (paper) to 1 (ink)       N = 12, a border of 2 around 8×8 pixels
"""

from collections.abc import Callable
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from models.data.digits import Digits, digits
from models.seeding import generator

SIDE, BORDER = 12, 2

M = TypeVar("M", bound=nn.Module)

Alter = Callable[[Tensor, torch.Generator], Tensor]
"""What is done to a batch before training sees it."""


def canvas(images: Tensor) -> Tensor:
    """Digits (B, 1, 8, 8) from −1 to 1 → (B, 1, 12, 12) from 0 to 1, with an empty border."""
    return pad((images + 1) / 2, (BORDER,) * 4)


def on_canvas(device: str) -> tuple[Digits, Digits]:
    """The digits to learn from and those held out."""
    return tuple(Digits(canvas(half.images).to(device), half.labels.to(device)) for half in digits())  # type: ignore[return-value]


def moved(x: Tensor, rows: int, columns: int) -> Tensor:
    """The images moved down and right. Nothing is lost up to the border's width."""
    return x.roll((rows, columns), dims=(-2, -1))


def as_they_are(x: Tensor, draws: torch.Generator) -> Tensor:
    return x


def moved_at_random(x: Tensor, draws: torch.Generator) -> Tensor:
    """Each image moved by up to two pixels in both directions."""
    down, right = torch.randint(-BORDER, BORDER + 1, (2, len(x), 1), generator=draws).to(x.device)
    places = torch.arange(SIDE, device=x.device)
    rows, columns = (places - down) % SIDE, (places - right) % SIDE  # (B, N)
    return x[torch.arange(len(x), device=x.device)[:, None, None], 0, rows[:, :, None], columns[:, None]][:, None]


def with_noise(x: Tensor, draws: torch.Generator) -> Tensor:
    """Each pixel with normal noise of standard deviation 0.2."""
    return x + 0.2 * torch.randn(x.shape, generator=draws).to(x.device)


class DigitTraining(Generic[M]):
    """Adam on a classifier that returns logits and a trace; the rate falls evenly to the ``last`` part of itself."""

    def __init__(
        self, model: M, learned: Digits, seed: int, *, steps: int = 250, batch: int = 64,
        learning_rate: float = 5e-3, last: float = 0.1, alter: Alter = as_they_are,
    ) -> None:  # fmt: skip
        self.model, self.learned, self.batch, self.alter = model, learned, batch, alter
        self.draws = generator(seed)
        self.optimizer = torch.optim.Adam(model.parameters(), learning_rate, fused=True)
        self.decay = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, last, steps)
        self.losses: list[Tensor] = []
        """Nats per digit, of each step."""

    def step(self) -> None:
        rows = torch.randint(len(self.learned.labels), (self.batch,), generator=self.draws)
        rows = rows.to(self.learned.labels.device)
        logits, _ = self.model(self.alter(self.learned.images[rows], self.draws))
        self.optimizer.zero_grad()
        loss = cross_entropy(logits, self.learned.labels[rows])
        loss.backward()
        self.optimizer.step()
        self.decay.step()
        self.losses.append(loss.detach())


@torch.no_grad()
def accuracy_when_moved(model: nn.Module, data: Digits, by: int, view: Callable[[Tensor], Tensor]) -> float:
    """Share of right answers when every digit is moved by so many pixels: the mean over four directions.

    ``view`` is done to the moved images before the model sees them.
    """
    ways = [(0, 0)] if by == 0 else [(by, 0), (-by, 0), (0, by), (0, -by)]
    seen = torch.cat([view(moved(data.images, *way)) for way in ways])
    right = model(seen)[0].argmax(dim=1) == data.labels.repeat(len(ways))
    return right.float().mean().item()
