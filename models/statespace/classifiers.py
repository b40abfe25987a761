"""Two small classifiers around one S4D layer: one that answers at the last step, one that listens to a whole sound.

Paper: Gu et al. 2022, "On the Parameterization and Initialization of Diagonal State Space Models" (S4D, GELU, a mean
over time, a linear readout).

Symbols
    u  input (B, T)      y  output of the layer (B, T, H)      H  channels      N  modes per channel
"""

from torch import Tensor, nn
from torch.nn.functional import gelu

from models.statespace.discretization import Rule, zero_order_hold
from models.statespace.s4d import S4D, S4DTrace


class LastStepReader(nn.Module):
    """One channel, linear to the end: the sign of its last output is the answer, so the kernel is all there is."""

    def __init__(self, state: int) -> None:
        super().__init__()
        self.layer = S4D(1, state)

    def forward(self, u: Tensor) -> tuple[Tensor, S4DTrace]:
        """Logit of the positive class (B,)."""
        y, trace = self.layer(u[..., None])  # (B, T, 1)
        return y[:, -1, 0], trace


class ToneClassifier(nn.Module):
    """Spread the sound over H channels, S4D, GELU, mean over time, one linear map."""

    def __init__(self, channels: int, state: int, classes: int, rule: Rule = zero_order_hold) -> None:
        super().__init__()
        self.spread = nn.Linear(1, channels)
        self.layer = S4D(channels, state, rule)
        self.to_classes = nn.Linear(channels, classes)

    def forward(self, u: Tensor) -> tuple[Tensor, S4DTrace]:
        """Logits (B, classes)."""
        y, trace = self.layer(self.spread(u[..., None]))  # (B, T, H)
        return self.to_classes(gelu(y).mean(dim=1)), trace
