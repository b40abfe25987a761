"""What compressed sparse attention learns: the gates that merge tokens, and the indexer that picks merged entries.

Paper: DeepSeek-AI 2026, "DeepSeek-V4", section 2.3.1, as its implementations have it. An indexer gets no gradient
through the hard choice of the k best; like that of DeepSeek-V3.2 it learns to predict where full attention looks.

Symbols
    x  tokens (B, T, X)     s  what a query asks for (B, T, A)     Q  indexer width     m  tokens per entry
    B  batch                T  tokens                              E = T/m  entries
"""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.attention.compressed_sparse import complete, compressed_sparse_attention, index_scores, pool_gates, pooled
from models.data.asked_tokens import A, Asked, C, M


class SparseSelection(nn.Module):
    """Gate logits (B, T), indexer queries and keys (B, T, Q)."""

    def __init__(self, index_width: int) -> None:
        super().__init__()
        self.to_gate = nn.Linear(A + C + M, 1, bias=False)
        self.to_query = nn.Linear(A, index_width, bias=False)
        self.to_key = nn.Linear(A + C + M, index_width, bias=False)

    def forward(self, x: Tensor, s: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.to_gate(x)[..., 0], self.to_query(s), self.to_key(x)


def reading_loss(read: Tensor, asked: Asked) -> Tensor:
    """−ln of the probability of the content asked for, by the similarity of what is read to every content."""
    wanted = asked.content.gather(1, asked.target)  # (B, T)
    logits = 8 * read[..., A:] @ asked.book.T  # (B, T, contents)
    asks = asked.kind >= 0  # (B, T)
    return cross_entropy(logits[asks], wanted[asks])


def selection_loss(model: SparseSelection, asked: Asked, m: int, W: int) -> Tensor:
    """The reading loss with every entry picked, and the indexer's divergence from where that attention looks."""
    T = asked.c.shape[1]
    z, q_index, c_index = model(asked.x, asked.sought)
    trace = compressed_sparse_attention(asked.q, asked.c, z, q_index, c_index, m, T, W)
    aim = trace.weights[..., : T // m].detach()  # (B, T, E)
    index = index_scores(q_index, pooled(c_index, pool_gates(z, m).detach()))  # (B, T, E)
    far = (aim.sum(dim=-1) > 0.5) & (asked.kind >= 0)  # (B, T)
    told = index.masked_fill(~complete(T, m).to(index.device), -1e9).log_softmax(dim=-1)  # (B, T, E)
    return reading_loss(trace.read, asked) - (aim * told).sum(dim=-1)[far].mean()
