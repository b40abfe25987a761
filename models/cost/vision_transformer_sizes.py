"""The published sizes of the vision transformer, and where their parameters are.

Paper: Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words", table 1 (layers, width, hidden width and heads of the
models B, L and H) and section 4.1 (pictures of 224 × 224 pixels; the number after the slash is the side of a patch).
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from models.seeding import unfilled
from models.transformer.vision_transformer import VisionTransformer


class Shape(NamedTuple):
    """A row of the paper's table."""

    side: int  # of a patch, in pixels
    width: int
    layers: int
    heads: int
    hidden: int
    stated: int  # parameters, as the table rounds them


SHAPES: Mapping[str, Shape] = {
    "ViT-B/16": Shape(16, 768, 12, 12, 3072, 86_000_000),
    "ViT-L/16": Shape(16, 1024, 24, 16, 4096, 307_000_000),
    "ViT-H/14": Shape(14, 1280, 32, 16, 5120, 632_000_000),
}
PICTURE, COLOURS = 224, 3

PARTS: Mapping[str, tuple[str, ...]] = {
    "feed-forward": ("feed_forward.",),
    "attention": ("attention.",),
    "embedding": ("patch_embedding.", "position", "class_token"),
    "norms": ("norm.", "attention_norm.", "feed_forward_norm."),
}
"""Part → what the names of its parameters begin with, inside a block or outside."""
OUTPUT_PROJECTION = "attention.to_out."
"""Often forgotten: attention has four matrices per block, not three."""


@cache
def parameters(name: str, uncounted: str | None = None) -> Mapping[str, int]:
    """Parameters of each part, without the head, which depends on the task. The model has shapes and no weights.

    In each block, those whose names begin with ``uncounted`` are left out.
    """
    shape = SHAPES[name]
    with unfilled():
        model = VisionTransformer(shape.side, PICTURE, COLOURS, *shape[1:5])
    found = dict.fromkeys(PARTS, 0)
    for key, weight in model.named_parameters():
        inner = key.split(".", 2)[2] if key.startswith("blocks.") else key
        part = next((part for part, starts in PARTS.items() if inner.startswith(starts)), None)
        if part and not (uncounted and inner.startswith(uncounted)):
            found[part] += weight.numel()
    return found
