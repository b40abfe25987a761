"""A trained Hyena with another convolution.  Symbols as in ``hyena.py``."""

import copy

from models.statespace.hyena import Convolve, Hyena
from models.statespace.sequence_model import SequenceModel


def convolved_by(model: SequenceModel, convolve: Convolve) -> SequenceModel:
    """A copy of the model whose layers convolve so."""
    other = copy.deepcopy(model)
    for layer in other.modules():
        if isinstance(layer, Hyena):
            layer.convolve = convolve
    return other
