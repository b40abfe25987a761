"""Streams of tokens with an address, a content and a mark, each asking for an earlier one: the needles are planted.

Symbols
    B  streams     T  tokens     A  address width     C  content width     M  width of the mark     X = A + C + M
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.seeding import generator

A, C, M, CONTENTS = 16, 16, 8, 32
FACTS = 0.08
NOISE = 0.25  # in each number of a mark; that of a fact has length 1, that of others none
SHARP = 24.0  # score of an address with itself
NEEDLE, LOCAL, FILLER = 0, 1, 2
FAR, NEAR = 20, 4
"""Needles and fillers are at least FAR tokens back, local ones fewer than NEAR."""


class Asked(NamedTuple):
    """What a layer would have made of the tokens, and what is right."""

    q: Tensor  # (B, T, A + C) asks by address, for any content
    c: Tensor  # (B, T, A + C) address and content
    x: Tensor  # (B, T, X) the same and a mark: what gates and indexer see of a token
    sought: Tensor  # (B, T, A) the address asked for
    fact: Tensor  # (B, T) bool
    target: Tensor  # (B, T) the position asked for
    kind: Tensor  # (B, T) NEEDLE, LOCAL or FILLER; −1 where nothing is asked
    content: Tensor  # (B, T) number of each token's content
    book: Tensor  # (contents, C) the vector of each


def asked_tokens(rows: int, T: int, seed: int) -> Asked:
    """Some tokens are facts and bear a noisy mark; each token asks for an earlier fact, a neighbour or a filler."""
    draws = generator(seed)

    def unit(*shape: int) -> Tensor:
        drawn = torch.randn(*shape, generator=draws)
        return drawn / drawn.norm(dim=-1, keepdim=True)

    address, book = unit(rows, T, A), unit(CONTENTS, C)
    content = torch.randint(CONTENTS, (rows, T), generator=draws)
    fact = torch.rand(rows, T, generator=draws) < FACTS
    back = torch.arange(T)[:, None] - torch.arange(T)  # (T, T)
    kind = torch.randint(3, (rows, T), generator=draws)
    far = (back >= FAR).expand(rows, T, T)
    may = torch.where(
        (kind == LOCAL)[..., None],
        ((back > 0) & (back < NEAR)).expand(rows, T, T),
        far & (fact[:, None] == (kind == NEEDLE)[..., None]),
    )
    target = torch.rand(rows, T, T, generator=draws).masked_fill(~may, -1).argmax(dim=-1)
    asks = may.any(dim=-1)
    sought = address.gather(1, target[..., None].expand(-1, -1, A))
    mark = fact[..., None] / M**0.5 + NOISE * torch.randn(rows, T, M, generator=draws)  # one direction for all facts
    c = torch.cat([address, book[content]], dim=-1)
    return Asked(
        torch.cat([SHARP * sought, torch.zeros(rows, T, C)], dim=-1),
        c,
        torch.cat([c, mark], dim=-1),
        sought,
        fact,
        target,
        torch.where(asks, kind, -1),
        content,
        book,
    )
