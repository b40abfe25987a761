"""The pose of a capsule, altered before it is decoded: exchanged, lengthened, or one of its numbers changed."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import normalize

from models.convolution.capsule_network import CapsuleNetwork, masked

EDITS = (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3, 0.45)
DIMENSIONS = 8

Pose = Literal[
    "its own", "that of another image of the digit", "moved to the next capsule", "its own, longer by the same distance"
]


def decoded_capsules(v: Tensor, digit: Tensor, pose: Pose) -> tuple[Tensor, Tensor]:
    """The capsules (B, J, K) and the digit (B,) that are handed to the mask, altered as chosen."""
    J = v.shape[1]
    rows = torch.arange(len(v), device=v.device)
    own = v[rows, digit]  # (B, K)
    if pose == "moved to the next capsule":
        other = (digit + 1) % J
        return v.index_put((rows, other), own), other
    if pose == "its own":
        return v, digit
    following = torch.stack([_next_of_its_kind(digit, row) for row in range(len(digit))])
    length = own.norm(dim=1, keepdim=True)  # (B, 1)
    turned = length * normalize(own[following], dim=1)  # (B, K)
    if pose == "its own, longer by the same distance":
        distance = (turned - own).norm(dim=1, keepdim=True)  # (B, 1)
        return v.index_put((rows, digit), normalize(own, dim=1) * (length + distance)), digit
    return v.index_put((rows, digit), turned), digit


def _next_of_its_kind(digit: Tensor, row: int) -> Tensor:
    """The next row, in a circle, with the same digit: itself if there is no other."""
    same = torch.nonzero(digit == digit[row])[:, 0]
    return same[(int((same == row).nonzero()[0, 0]) + 1) % len(same)]


def edited_pictures(model: CapsuleNetwork, v: Tensor, digit: Tensor) -> Tensor:
    """What is drawn when one number of the pose is changed by each of EDITS: v (1, J, K) → (K, EDITS, 8, 8)."""
    K, change = v.shape[2], torch.tensor(EDITS, device=v.device)
    many = v.expand(K * len(EDITS), -1, -1).clone()
    steps = torch.eye(K, device=v.device)[:, None] * change[None, :, None]  # (K, EDITS, K)
    many[:, digit[0]] += steps.flatten(0, 1)
    return model.decode(masked(many, digit.expand(len(many)))).view(K, len(EDITS), 8, 8)
