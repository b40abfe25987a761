"""Several models of one shape trained at once, each as it would be alone: most of a small step is overhead."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state

M = TypeVar("M", bound=nn.Module)


class SideBySide(nn.Module):
    """N models of one shape; every weight carries them along a first axis."""

    def __init__(self, models: Sequence[nn.Module]) -> None:
        super().__init__()
        weights, _ = stack_module_state(list(models))
        self.names = list(weights)
        self.stacked = nn.ParameterList(weights.values())
        self.shape = [copy.deepcopy(models[0]).to("meta")]  # in a list, so that its weights are not of this module

    def forward(self, *given: Tensor) -> Tensor:
        """The first output of every model for its own part (N, …) of what is given: (N, …)."""
        run = lambda weights, part: functional_call(self.shape[0], weights, part)[0]
        return torch.vmap(run)(dict(zip(self.names, self.stacked, strict=True)), given)

    def states(self) -> list[Mapping[str, Tensor]]:
        """The weights of each model, in half precision as they are shipped."""
        return [
            {name: weight[n].detach().half().float() for name, weight in zip(self.names, self.stacked, strict=True)}
            for n in range(len(self.stacked[0]))
        ]


def shipped(build: Callable[[], M], state: Mapping[str, Tensor]) -> M:
    """A model with these weights."""
    model = build()
    model.load_state_dict(state)
    return model
