"""Queries and keys to be rotated: unit vectors that start at the tick, random ones, or those of a trained head."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.text_model import TINY, text_model
from app.number_format import number
from models.parameter_count import parameter_count
from models.position.rope import RoPE, angles, rotate
from models.seeding import normal

DRAWN = 128  # pairs of vectors beside the one on screen
CUT = 64  # tokens read of a sentence


class Vectors(NamedTuple):
    """N queries and keys (N, d) without positions, the pair on screen first."""

    queries: Tensor
    keys: Tensor
    notices: list[str]
    parameters: int = 0  # of the model that they come from


def random_vectors(d: int, seed: int) -> Vectors:
    """A pair has length 1 on average; each key is like its query."""
    q, other = (normal(DRAWN, d, seed=seed + part) / math.sqrt(2) for part in range(2))
    return Vectors(q, (q + other) / math.sqrt(2), [])


def unit_vectors(d: int, seed: int) -> Vectors:
    """On screen the query and the key of angle 0 and length 1 in every pair, then random ones that are alike."""
    q = torch.cat([torch.tensor([1.0, 0.0]).repeat(1, d // 2), random_vectors(d, seed).queries])
    return Vectors(q, q, [])


def trained_vectors(name: str, sentence: str, layer: int, head: int, device: str) -> Vectors:
    """Queries and keys of a head of a language model; the last query and its heaviest key come first.

    Raises ValueError for a model that does not rotate.
    """
    reader = text_model(name, device)
    position, text = reader.decoder.position, reader.read(sentence, CUT, "Sentence")
    if not isinstance(position, RoPE):
        raise ValueError(f"model: {name} does not rotate its queries and keys; choose another")
    _, trace = reader.decoder(text.ids)
    attention = trace.blocks[layer].attention
    q, k = attention.q[0, head], attention.k[0, head * attention.k.shape[1] // attention.q.shape[1]]
    back = angles(-torch.arange(len(q), device=device), position.frequencies(q.shape[-1], q.device))
    q, k = rotate(q, back), rotate(k, back)  # as they were before the model rotated them
    i, j = torch.tril_indices(len(q), len(q), device=device).flip(-1)
    heaviest = attention.weights[0, head, -1].argmax()
    first = (i == len(q) - 1) & (j == heaviest)
    order = first.int().argsort(descending=True, stable=True)[: DRAWN + 1]
    notices = [*text.notices, f"Head width: the trained head is {q.shape[-1]} wide"]
    if name != TINY:
        notices.append(f"Base b: {name} was trained with {number(position.base)}")
    return Vectors(q[i[order]], k[j[order]], notices, parameter_count(reader.decoder))
