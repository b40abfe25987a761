"""Queries and keys to be rotated: unit vectors that start at the tick, random ones, or those of a trained head."""

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from app.experiments.text import read_document
from models.language.pretrained_decoders import pretrained
from models.position.rope import angles, frequencies, rotate
from models.seeding import normal

if TYPE_CHECKING:
    from app.experiments.position.rope.run import RopeControls

DRAWN = 128  # pairs of vectors beside the one on screen
CUT = 64  # tokens read of a sentence


class Vectors(NamedTuple):
    """N queries and keys (N, d) without positions, the pair on screen first."""

    queries: Tensor
    keys: Tensor
    notices: list[str]


def vectors(controls: "RopeControls", device: str) -> Vectors:
    d = controls.head_width
    if controls.vectors == "trained head":
        return trained_vectors(controls, device)
    q = normal(DRAWN, d, seed=controls.seed) / math.sqrt(2)  # a pair has length 1 on average
    if controls.vectors == "random":
        other = normal(DRAWN, d, seed=controls.seed + 1) / math.sqrt(2)
        return Vectors(q, (q + other) / math.sqrt(2), [])
    q = torch.cat([torch.tensor([1.0, 0.0]).repeat(1, d // 2), q])
    return Vectors(q, q, [])


def trained_vectors(controls: "RopeControls", device: str) -> Vectors:
    """Queries and keys of a head of the language model; the last query and its heaviest key come first."""
    text = read_document(controls.sentence, CUT, "Sentence", device)
    _, trace = pretrained("decoder", device)(text.ids)
    attention, head = trace.blocks[controls.layer].attention, controls.head
    q, k = attention.q[0, head], attention.k[0, head * attention.k.shape[1] // attention.q.shape[1]]
    back = angles(-torch.arange(len(q), device=device), frequencies(q.shape[-1], device=q.device))
    q, k = rotate(q, back), rotate(k, back)  # as they were before the model rotated them
    i, j = torch.tril_indices(len(q), len(q), device=device).flip(-1)
    heaviest = attention.weights[0, head, -1].argmax()
    first = (i == len(q) - 1) & (j == heaviest)
    order = first.int().argsort(descending=True, stable=True)[: DRAWN + 1]
    width = f"Head width: the trained head is {q.shape[-1]} wide"
    return Vectors(q[i[order]], k[j[order]], [*text.notices, width])
