"""Multi-head attention whose four projections also add a bias, as those of BERT and of the first transformer's code do.

Paper: Devlin et al. 2018, "BERT", section 3 (whose published parameter counts include the biases).
"""

from torch import nn

from models.attention.multi_head import MultiHeadAttention


class BiasedMultiHeadAttention(MultiHeadAttention):
    """The same computation; x W becomes x W + b."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__(width, heads)
        self.to_q, self.to_k, self.to_v, self.to_out = (nn.Linear(width, width) for _ in range(4))
