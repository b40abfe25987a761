"""How large a model is."""

from torch import nn


def parameter_count(model: nn.Module) -> int:
    """Numbers that training sets; one that two layers share counts once."""
    return sum(weight.numel() for weight in model.parameters())
