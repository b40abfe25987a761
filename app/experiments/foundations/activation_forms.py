"""The eight activation functions of the chapter, each with its derivative and its number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from torch import Tensor

from models.layers import activation_slopes, activations
from models.layers.activation_slopes import slope

Name = Literal["sigmoid", "tanh", "ReLU", "leaky ReLU", "ELU", "GELU", "SiLU", "Mish"]


class Form(NamedTuple):
    """An activation function, its derivative if there is a formula, and its number: name and usual value."""

    function: Callable[..., Tensor]
    derivative: Callable[..., Tensor] | None = None
    number: str = ""
    usual: float = 0.0


FORMS: dict[str, Form] = {
    "sigmoid": Form(activations.sigmoid, activation_slopes.sigmoid_slope),
    "tanh": Form(activations.tanh, activation_slopes.tanh_slope),
    "ReLU": Form(activations.relu, activation_slopes.relu_slope),
    "leaky ReLU": Form(activations.leaky_relu, activation_slopes.leaky_relu_slope, "alpha", 0.01),
    "ELU": Form(activations.elu, activation_slopes.elu_slope, "alpha", 1.0),
    "GELU": Form(activations.gelu, activation_slopes.gelu_slope),
    "SiLU": Form(activations.silu, activation_slopes.silu_slope, "beta", 1.0),
    "Mish": Form(activations.mish, activation_slopes.mish_slope),
}
"""The eight of the chapter."""


@dataclass(frozen=True)
class Phi:
    """An activation function with its number fixed: can be called, compared and kept."""

    form: Form
    number: float = 0.0

    def given(self, z: Tensor) -> dict[str, Any]:
        """The arguments by name."""
        return {"z": z} | ({self.form.number: self.number} if self.form.number else {})

    def __call__(self, z: Tensor) -> Tensor:
        return self.form.function(**self.given(z))

    def slope(self, z: Tensor) -> Tensor:
        return self.form.derivative(**self.given(z)) if self.form.derivative else slope(self, z)


def phi(name: str, number: float | None = None) -> Phi:
    """One of the eight by name, with its usual number unless another is given."""
    form = FORMS[name]
    return Phi(form, form.usual if number is None else number)
