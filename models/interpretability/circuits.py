"""What one head does on its own: which words it brings together, and what it writes when it has looked.

Paper: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", sections "Attention heads as
information movement" (both circuits), "Detecting copying" (eigenvalues) and "Three kinds of composition" (via).

Symbols
    a  what asks, b  what is looked at: normed vectors (N, D) of N words        D  width        K  head width
    Wq, Wk, Wv  rows of one head (K, D)        Wo  columns of one head (D, K)        E  embeddings of N words (N, D)
"""

from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from models.attention.grouped_query import GroupedQueryAttention
from models.transformer.decoder import Decoder


class HeadMatrices(NamedTuple):
    """The part of a layer's four matrices that belongs to one head."""

    q: Tensor  # (K, D)
    k: Tensor  # (K, D)
    v: Tensor  # (K, D)
    out: Tensor  # (D, K)


def matrices_of(attention: GroupedQueryAttention, head: int) -> HeadMatrices:
    """Those of a query head and of the key/value head that serves it."""
    H, G = attention.heads, attention.kv_heads
    served = head * G // H
    per_head = lambda weight, heads, which: weight.unflatten(0, (heads, -1))[which]
    return HeadMatrices(
        per_head(attention.to_q.weight, H, head),
        per_head(attention.to_k.weight, G, served),
        per_head(attention.to_v.weight, G, served),
        attention.to_out.weight.unflatten(1, (H, -1))[:, head],
    )


def qk_circuit(head: HeadMatrices, a: Tensor, b: Tensor) -> Tensor:
    """a Wqᵀ Wk bᵀ / √K: how strongly each asking word matches each other word, positions left aside. (N, N)"""
    return (a @ head.q.T) @ (b @ head.k.T).T / head.q.shape[0] ** 0.5


def moved(head: HeadMatrices, b: Tensor) -> Tensor:
    """Wo Wv b: what the head writes to the residual stream when all its weight is on b. (N, D)"""
    return b @ head.v.T @ head.out.T


def ov_circuit(head: HeadMatrices, b: Tensor, embeddings: Tensor) -> Tensor:
    """E Wo Wv b: how much each word's logit gains when the head looks at b; a row a word looked at. (N, N)"""
    return moved(head, b) @ embeddings.T


def as_read(model: Decoder, layer: int, words: Tensor) -> Tensor:
    """What a layer reads of single words: embeddings, and what the layers below move from each to itself. (N, D)"""
    x, below = model.embedding.weight[words], cast(Any, model.blocks[:layer])
    for block in below:
        heads = [matrices_of(block.attention, head) for head in range(block.attention.heads)]
        x = x + torch.stack([moved(head, block.attention_norm(x)) for head in heads]).sum(dim=0)
    return x


def circuits(model: Decoder, layer: int, head: int, words: Tensor, before: int | None = None) -> tuple[Tensor, Tensor]:
    """QK and OV of one head for these words (N,). Keys above layer 0 may be what head ``before`` of layer 0 moved."""
    first, block = cast(Any, model.blocks[0]), cast(Any, model.blocks[layer])
    own = block.attention_norm(as_read(model, layer, words))  # (N, D)
    matrices, answering = matrices_of(block.attention, head), own
    if before is not None and layer > 0:
        carried = moved(matrices_of(first.attention, before), first.attention_norm(model.embedding.weight[words]))
        answering = block.attention_norm(carried)  # (N, D)
    logits_of = model.embedding.weight[words] * model.norm.weight  # the last norm's gain counts, its division does not
    return qk_circuit(matrices, own, answering), ov_circuit(matrices, own, logits_of)


def copying_ratio(ov: Tensor) -> float:
    """Re Σλ / Σ|λ| over the eigenvalues of a square OV circuit: 1 raises whatever it looks at, −1 lowers it."""
    eigenvalues = torch.linalg.eigvals(ov.double())
    return (eigenvalues.real.sum() / eigenvalues.abs().sum()).item()


def own_word_share(circuit: Tensor) -> float:
    """The share of rows whose largest entry is on the diagonal."""
    return (circuit.argmax(dim=-1) == torch.arange(len(circuit), device=circuit.device)).float().mean().item()
