"""A decoder from which one part is left out, by a control of its page."""

from collections.abc import Callable
from typing import Literal

from models.interpretability.left_out import (
    Sublayer,
    without,
    without_head,
    without_last_norm,
    without_positions,
    without_residual,
)
from models.transformer.decoder import Decoder

LeftOut = Literal[
    "nothing", "attention of one block", "one head", "MLP of one block", "residual of one block", "one block",
    "every MLP", "every attention", "positions", "last norm", "last token → stated fact", "last token → another token",
]  # fmt: skip


def parts(left_out: LeftOut, block: int, layers: int) -> list[tuple[int, Sublayer]]:
    """The sublayers (block, kind) that are left out of so many blocks; of a number beyond them the last."""
    one = min(block, layers - 1)
    found: dict[str, list[tuple[int, Sublayer]]] = {
        "attention of one block": [(one, "attention")],
        "MLP of one block": [(one, "MLP")],
        "one block": [(one, "attention"), (one, "MLP")],
        "every MLP": [(layer, "MLP") for layer in range(layers)],
        "every attention": [(layer, "attention") for layer in range(layers)],
    }
    return found.get(left_out, [])


def altered(model: Decoder, left_out: LeftOut, block: int, head: int = 0) -> Decoder:
    """The model without the part; attention to one token is left out by the mask instead."""
    layers = len(model.blocks)
    one = min(block, layers - 1)
    changed: dict[str, Callable[[], Decoder]] = {
        "positions": lambda: without_positions(model),
        "last norm": lambda: without_last_norm(model),
        "one head": lambda: without_head(model, one, min(head, model.config.heads - 1)),
        "residual of one block": lambda: without_residual(model, one),
    }
    if left_out in changed:
        return changed[left_out]()
    found = parts(left_out, block, layers)
    return without(model, found) if found else model
