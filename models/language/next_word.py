"""The distribution of the next token after short texts, as a decoder gives it and with one step changed.

Symbols
    V  vocabulary        N  texts        T  tokens of the longest text, the end-of-text token before it included
    x  residual stream behind the last layer, at the last token of each text (N, D)        E  embeddings (V, D)
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import layer_norm

from models.attention.masks import causal_mask
from models.language.evaluation import device_of
from models.layers.softmax import softmax
from models.tokenization.tokenizer import END, PAD, ids_of
from models.transformer.decoder import Decoder


def last_residual(model: Decoder, texts: Sequence[str], withheld: Sequence[int] | None = None) -> Tensor:
    """The residual stream (N, D) at the end of each text, each read behind an end-of-text token, as in training.

    ``withheld`` names one token of each text, counted from 0, that no other token may attend to, in any layer.
    """
    rows = [[END, *ids_of(text)] for text in texts]
    T = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (T - len(row)) for row in rows], device=device_of(model))  # (N, T)
    mask = causal_mask(T, 0, ids.device)  # (T, T)
    if withheld is not None:
        hidden = 1 + torch.tensor(withheld, device=ids.device)  # (N,)
        column = torch.arange(T, device=ids.device) == hidden[:, None]  # (N, T)
        mask = (mask & (~column[:, None] | torch.eye(T, dtype=torch.bool, device=ids.device)))[:, None]  # (N, 1, T, T)
    ends = torch.tensor([len(row) - 1 for row in rows], device=ids.device)  # (N,)
    residual = model(ids, mask=mask)[1].residual[-1]  # (N, T, D)
    return residual[torch.arange(len(rows), device=ids.device), ends]


def next_logits(x: Tensor, model: Decoder) -> Tensor:
    """z = norm(x) Eᵀ.  (N, D) → (N, V)"""
    return model.unembed(x)


def unnormalised_logits(x: Tensor, model: Decoder) -> Tensor:
    """z = x Eᵀ: the final normalisation skipped.  (N, D) → (N, V)"""
    return x @ model.embedding.weight.T


def centred_logits(x: Tensor, model: Decoder) -> Tensor:
    """z = γ (x − mean x) / std x · Eᵀ: layer normalisation with the weights γ of the RMS norm.  (N, D) → (N, V)"""
    return layer_norm(x, x.shape[-1:], model.norm.weight) @ model.embedding.weight.T  # type: ignore[arg-type]


def next_probabilities(z: Tensor) -> Tensor:
    """p(next token | text) = softmax(z): V numbers from 0 to 1 whose sum is 1.  (N, V)"""
    return softmax(z)


def over_vocabulary(q: Mapping[str, float], V: int) -> Tensor:
    """Probabilities of words as probabilities of all tokens (V,); a word of several tokens counts by its first."""
    p = torch.zeros(V)
    for word, probability in q.items():
        p[ids_of(word)[0]] += probability
    return p
