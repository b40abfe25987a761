"""Zachary's karate club: 34 members, 78 friendships, and the two clubs that they parted into.

Work: Zachary 1977, "An Information Flow Model for Conflict and Fission in Small Groups", Journal of Anthropological
Research 33(4). Members are numbered from 1 there and from 0 here: 0 is the instructor, 33
the club's officer. Positions are for drawing only; they come from a spring layout and say nothing.
"""

import torch
from torch import Tensor

MEMBERS = 34

EDGES = (
    (0, 1),
    (0, 2),
    (0, 3),
    (0, 4),
    (0, 5),
    (0, 6),
    (0, 7),
    (0, 8),
    (0, 10),
    (0, 11),
    (0, 12),
    (0, 13),
    (0, 17),
    (0, 19),
    (0, 21),
    (0, 31),
    (1, 2),
    (1, 3),
    (1, 7),
    (1, 13),
    (1, 17),
    (1, 19),
    (1, 21),
    (1, 30),
    (2, 3),
    (2, 7),
    (2, 8),
    (2, 9),
    (2, 13),
    (2, 27),
    (2, 28),
    (2, 32),
    (3, 7),
    (3, 12),
    (3, 13),
    (4, 6),
    (4, 10),
    (5, 6),
    (5, 10),
    (5, 16),
    (6, 16),
    (8, 30),
    (8, 32),
    (8, 33),
    (9, 33),
    (13, 33),
    (14, 32),
    (14, 33),
    (15, 32),
    (15, 33),
    (18, 32),
    (18, 33),
    (19, 33),
    (20, 32),
    (20, 33),
    (22, 32),
    (22, 33),
    (23, 25),
    (23, 27),
    (23, 29),
    (23, 32),
    (23, 33),
    (24, 25),
    (24, 27),
    (24, 31),
    (25, 31),
    (26, 29),
    (26, 33),
    (27, 33),
    (28, 31),
    (28, 33),
    (29, 32),
    (29, 33),
    (30, 32),
    (30, 33),
    (31, 32),
    (31, 33),
    (32, 33),
)
"""Each friendship once."""

INSTRUCTORS = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17, 19, 21})
"""Who went with the instructor; all others stayed with the officer."""

POSITIONS = (
    (-0.23, -0.07),
    (-0.06, -0.21),
    (0.20, 0.13),
    (-0.10, 0.40),
    (-0.60, -0.15),
    (-0.70, -0.53),
    (-0.74, -0.25),
    (-0.09, 0.19),
    (0.25, -0.31),
    (0.42, 0.56),
    (-0.55, -0.56),
    (-0.58, 0.51),
    (-0.33, 0.70),
    (0.10, -0.01),
    (0.72, -1.00),
    (0.89, -0.67),
    (-1.00, -0.60),
    (-0.31, -0.57),
    (0.91, -0.42),
    (0.11, -0.49),
    (0.81, -0.84),
    (-0.38, 0.03),
    (0.59, -1.00),
    (0.77, 0.19),
    (0.59, 1.00),
    (0.71, 0.69),
    (1.00, 0.21),
    (0.57, 0.46),
    (0.47, 0.11),
    (0.89, -0.09),
    (0.32, -0.60),
    (0.37, 0.28),
    (0.61, -0.41),
    (0.58, -0.24),
)
"""x and y of every member, from −1 to 1."""


def karate_club() -> tuple[Tensor, Tensor]:
    """Adjacency (34, 34) and the club of every member (34,): 0 the instructor's, 1 the officer's."""
    adjacency = torch.zeros(MEMBERS, MEMBERS)
    for one, other in EDGES:
        adjacency[one, other] = adjacency[other, one] = 1
    return adjacency, torch.tensor([int(member not in INSTRUCTORS) for member in range(MEMBERS)])
