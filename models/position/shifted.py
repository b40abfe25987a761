"""The same text at later positions: what a position scheme makes of the move.

Symbols
    k  positions that the text is moved by     x  embeddings (B, T, D), queries or keys (B, H, T, K)
"""

from torch import Tensor

from models.position.scheme import PositionScheme


class Shifted(PositionScheme):
    """Another scheme, given position + k for every position."""

    def __init__(self, scheme: PositionScheme, by: int) -> None:
        super().__init__()
        self.scheme, self.by = scheme, by

    def embed(self, x: Tensor, positions: Tensor) -> Tensor:
        return self.scheme.embed(x, positions + self.by)

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        return self.scheme.turn(x, positions + self.by)

    def bias(self, query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor | None:
        return self.scheme.bias(query_positions + self.by, key_positions + self.by, heads)
