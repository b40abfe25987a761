"""One head that compares in K dimensions and answers with the symbol of the one related token.

Papers: Bhojanapalli et al. 2020, "Low-Rank Bottleneck in Multi-head Attention Models", theorem 1 (a narrow head cannot
express every map); Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2 (keys and values of two widths).

Symbols
    a  word of the query (B,)      b  words of the keys (B, S)      v  symbol at each key (B, S)
    R  which words are related (N, N)              N  words     V  symbols     D  width     K  width of queries and keys
"""

import torch
from torch import Tensor, nn

from models.attention.dot_product import AttentionTrace, attention_scores, scaled_dot_product
from models.seeding import generator


def random_relation(words: int, seed: int) -> Tensor:
    """R: each pair of words is related with probability ½, (N, N) bool."""
    return torch.randint(2, (words, words), generator=generator(seed)).bool()


def group_relation(words: int) -> Tensor:
    """R: words of one half are related to each other, (N, N) bool. One feature with two signs can tell."""
    first = torch.arange(words) < words // 2
    return first[:, None] == first


class NarrowHead(nn.Module):
    """logits = softmax(Q Kᵀ / √K) V Wᴼ: only queries and keys are narrow, values keep the whole width."""

    def __init__(self, words: int, symbols: int, width: int, key_width: int) -> None:
        super().__init__()
        self.query = nn.Embedding(words, width)
        self.key = nn.Embedding(words, width)
        self.symbol = nn.Embedding(symbols, width)
        self.to_q = nn.Linear(width, key_width, bias=False)
        self.to_k = nn.Linear(width, key_width, bias=False)
        self.to_v = nn.Linear(width, width, bias=False)
        self.readout = nn.Linear(width, symbols, bias=False)

    def forward(self, a: Tensor, b: Tensor, v: Tensor) -> tuple[Tensor, AttentionTrace]:
        """Logits (B, V) for the symbol at the one related key."""
        source = self.key(b) + self.symbol(v)  # (B, S, D)
        q = self.to_q(self.query(a))[:, None]  # (B, 1, K)
        trace = scaled_dot_product(q, self.to_k(source), self.to_v(source))
        return self.readout(trace.output[:, 0]), trace

    def word_scores(self) -> Tensor:
        """Q Kᵀ / √K of every word with every word, symbols left aside: (N, N), of rank K at most."""
        return attention_scores(self.to_q(self.query.weight), self.to_k(self.key.weight))
