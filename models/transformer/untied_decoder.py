"""A decoder whose output matrix is not its embedding: what larger language models can afford.

Paper: Press & Wolf 2016, "Using the Output Embedding to Improve Language Models" (the two matrices U and V
that a tied model makes one).

Symbols
    x  residual stream (..., D)       U  output matrix (V, D)       V  vocabulary       D  width
"""

from torch import Tensor, nn

from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU
from models.position.scheme import PositionScheme
from models.transformer.decoder import Decoder, DecoderConfig, FeedForward, Norm


class UntiedDecoder(Decoder):
    """The same decoder with one more matrix at its end."""

    def __init__(
        self,
        config: DecoderConfig,
        position: PositionScheme | None = None,
        feed_forward: FeedForward = SwiGLU,
        norm: Norm = RMSNorm,
    ) -> None:
        super().__init__(config, position, feed_forward, norm)
        self.to_logits = nn.Linear(config.width, config.vocabulary, bias=False)

    def unembed(self, x: Tensor) -> Tensor:
        """norm(x) Uᵀ: logits (..., V) from any point of the residual stream (..., D)."""
        logits: Tensor = self.to_logits(self.norm(x))
        return logits
