import math

import torch

from models.interpretability.head_patterns import mean_by_offset
from models.position.alibi import alibi_bias, share_left
from models.position.rope import angles, frequencies, rotate
from models.position.scaled_rope import slowing
from models.position.similarity import by_distance, cosines, left_by_slopes, relative_change, rotated_apart
from models.seeding import normal

PLACES = torch.arange(7)


def test_cosines_are_torch_s():
    codes = normal(5, 6, seed=0)
    expected = torch.cosine_similarity(codes[:, None], codes[None], dim=-1)
    torch.testing.assert_close(cosines(codes), expected)


def test_a_change_is_told_in_lengths():
    before = normal(4, 6, seed=1)
    torch.testing.assert_close(relative_change(1.5 * before, before), torch.full((4,), 0.5))


def test_what_rope_leaves_is_the_score_of_a_vector_whose_pairs_are_equally_long():
    theta, x = frequencies(8), torch.tensor([1.0, 0.0] * 4) / math.sqrt(4)
    turned = rotate(x.expand(7, -1), angles(PLACES, theta))
    torch.testing.assert_close(rotated_apart(PLACES, theta), turned @ x)
    assert rotated_apart(PLACES, theta)[0] == 1


def test_what_alibi_leaves_is_the_mean_over_its_heads():
    slope = torch.tensor([0.5, 0.25])
    kept = share_left(alibi_bias(PLACES, PLACES, slope))
    torch.testing.assert_close(left_by_slopes(PLACES, slope), kept[:, :, 0].mean(dim=0))


def test_means_along_diagonals():
    square = torch.arange(9.0).view(3, 3)
    assert by_distance(square).tolist() == [4, 3, 2]
    assert mean_by_offset(square).tolist() == [4, 5, 6]


def test_a_pair_is_slowed_by_what_its_frequency_lost():
    torch.testing.assert_close(slowing(frequencies(8), frequencies(8) / 3), torch.full((4,), 3.0))
