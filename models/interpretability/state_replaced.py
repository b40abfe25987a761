"""Which states of a text a prediction still needs: one at a time is replaced by the mean state, and the rest runs on.

Paper: Meng et al. 2022, "Locating and Editing Factual Associations in GPT", section 2.1 traces states with noise and
restores them one by one; here each is removed by itself, with the text otherwise as it was.

Symbols
    x  residual stream of one text (1, T, D)       p  probability of the predicted token
    T  tokens      D  width      S  states that are followed, one behind each of S numbers of sublayers
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.masks import causal_mask
from models.transformer.decoder import Decoder
from models.transformer.one_pass import on_from


def mean_state(x: Tensor) -> Tensor:
    """The mean over all tokens but the first, whose state is unlike all others: (1, T, D) → (1, 1, D)."""
    return x[:, 1:].mean(dim=1, keepdim=True) if x.shape[1] > 1 else x


def each_replaced(x: Tensor, by: Tensor) -> Tensor:
    """T copies of the text; in copy t, token t has the state ``by``: (T, T, D)."""
    diagonal = torch.eye(x.shape[1], dtype=torch.bool, device=x.device)[..., None]  # (T, T, 1)
    return torch.where(diagonal, by, x)


def lost_share(before: Tensor | float, after: Tensor) -> Tensor:
    """(p − p′) / p, and 0 where p′ is larger: how much of the probability went with the state."""
    return ((before - after) / before).clamp(min=0)


class Needed(NamedTuple):
    """How much a prediction needs each state, and the probabilities that say so."""

    lost: Tensor  # (S, T)
    before: Tensor  # of the predicted token, nothing replaced; a number
    after: Tensor  # (S, T) with that state replaced


@torch.inference_mode()
def needed(model: Decoder, ids: Tensor, steps: Sequence[int], token: int, mask: Tensor | None = None) -> Needed:
    """How much the text's prediction of ``token`` needs each state.

    ``steps`` count sublayers: 0 is behind the embedding, 2L behind the last block. ``mask`` is the causal one if none
    is given.
    """
    mask = causal_mask(ids.shape[1], device=ids.device) if mask is None else mask
    x, done, left = embedded(model, ids), 0, []
    end = on_from(model, x, 0, mask)[:, -1]  # (1, D)
    p = model.unembed(end).softmax(dim=-1)[0, token]
    for step in steps:
        x, done = on_from(model, x, done, mask, step), step
        ends = on_from(model, each_replaced(x, mean_state(x)), step, mask)[:, -1]  # (T, D)
        left.append(model.unembed(ends).softmax(dim=-1)[:, token])  # (T,)
    after = torch.stack(left)  # (S, T)
    return Needed(lost_share(p, after), p, after)


def embedded(model: Decoder, ids: Tensor) -> Tensor:
    """The stream before the first block: (B, T, D)."""
    positions = torch.arange(ids.shape[1], device=ids.device)
    return model.position.embed(model.embedding(ids), positions)
