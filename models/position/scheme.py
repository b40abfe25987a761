"""Where a token stands, given to the model in one of three places.

A scheme overrides the one hook that its paper uses and leaves the others alone:
``embed`` adds to the token embeddings (sinusoidal, learned), ``turn`` changes queries and keys (RoPE), and
``bias`` adds to the attention scores (ALiBi).

Symbols
    B  batch    T  tokens    S  keys    D  width    H  heads    K  head width
"""

from torch import Tensor, nn


class PositionScheme(nn.Module):
    """Says nothing about positions: every hook leaves its input as it is."""

    def embed(self, x: Tensor, positions: Tensor) -> Tensor:
        """Embeddings (B, T, D) with their positions (T,) in them."""
        return x

    def turn(self, x: Tensor, positions: Tensor) -> Tensor:
        """Queries or keys (B, H, T, K) with their positions (T,) in them."""
        return x

    def bias(self, query_positions: Tensor, key_positions: Tensor, heads: int) -> Tensor | None:
        """What to add to the scores, (H, T, S), or None for nothing."""
        return None


class NoPosition(PositionScheme):
    """NoPE: order is known only through the causal mask (Kazemnejad et al. 2023, section 3)."""
