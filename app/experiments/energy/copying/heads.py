"""Where the heads of a machine go: what is measured on their weightings."""

from torch import Tensor

from models.training.copying import ROWS


def moves(weightings: Tensor) -> Tensor:
    """By how many rows the strongest one moves from step to step, round the circle: (T, N) → (T − 1,)."""
    return (weightings.argmax(dim=-1).diff() + ROWS // 2) % ROWS - ROWS // 2


def heads_moved(writes: Tensor, reads: Tensor, length: int) -> tuple[float, float]:
    """Of the write head, then of the read head: the share of steps at which it moves as the write head mostly does.

    The write head is followed while rows come in, the read head from the end mark on. 0 if the write head stays.
    """
    wrote, read = moves(writes[:length]), moves(reads[length:])
    direction = wrote.mode().values if length > 1 else read.mode().values
    if direction == 0:
        return 0.0, 0.0
    return (wrote == direction).float().mean().item(), (read == direction).float().mean().item()


def in_write_order(writes: Tensor, reads: Tensor, length: int) -> float:
    """The share of rows that the read head comes to at their turn, from the end mark on: a step before the answer."""
    return (reads[length:-1].argmax(-1) == writes[:length].argmax(-1)).float().mean().item()
