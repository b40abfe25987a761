"""Multiplications of one head with softmax and with a kernel: by formula, and counted while it reads a text."""

import torch

from app.experiments.memo import memo
from models.attention.dot_product import mix, scaled_dot_product
from models.attention.linear import kernel_weights, recurrent, recurrent_operations, softmax_operations
from models.cost.tensors_made import TensorsMade

DIMENSION = 16  # of keys and values, in the recall and in the model’s heads
COUNTED = 32, 64  # tokens
LENGTHS = tuple(2**power for power in range(3, 14))


def kernel_operations(T: int, features: int, form: str) -> int:
    if form == "recurrent":
        return recurrent_operations(T, features, DIMENSION)
    return softmax_operations(T, features, DIMENSION)


@memo
@torch.no_grad()
def counted(form: str, features: int, T: int) -> int:
    """Multiplications that torch counts while one head of that form reads T tokens without numbers in them."""
    q, k = torch.empty(2, 1, 1, T, features, device="meta")
    v = torch.empty(1, 1, T, DIMENSION, device="meta")
    with TensorsMade() as made:
        if form == "softmax":
            scaled_dot_product(q, k, v)
        elif form == "recurrent":
            recurrent(q, k, v)
        else:
            mix(kernel_weights(q, k), v)
    return made.product_flops // 2


def times_when_doubled(form: str, features: int) -> float:
    once, twice = COUNTED
    return counted(form, features, twice) / counted(form, features, once)
