"""A trained Hyena with another convolution, or with bounded gates.  Symbols as in ``hyena.py``."""

import copy

from torch import Tensor

from models.statespace.hyena import Convolve, Hyena
from models.statespace.sequence_model import SequenceModel


class BoundedHyena(Hyena):
    """The same weights; no gate lets more than all through."""

    def gated(self, gate: Tensor, z: Tensor) -> Tensor:
        """tanh(xⁿ) ⊙ z"""
        return gate.tanh() * z


def convolved_by(model: SequenceModel, convolve: Convolve) -> SequenceModel:
    """A copy of the model whose layers convolve so."""
    other = copy.deepcopy(model)
    for layer in other.modules():
        if isinstance(layer, Hyena):
            layer.convolve = convolve
    return other
