import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.language.loss_by_length import scheme_model
from models.position.rope import RoPE, frequencies
from models.position.rope_rules import by_factors, dynamic, dynamic_base, longrope_score_factor
from models.position.scaled_rope import (
    ScaledRoPE,
    full_rotations,
    interpolated,
    kept_share,
    ntk_base,
    ntk_by_parts,
    score_factor,
    with_position,
    yarn,
)
from models.seeding import normal

widths = st.integers(2, 32).map(lambda half: 2 * half)


@given(widths, st.floats(1, 64))
def test_ntk_aware_leaves_the_first_pair_and_slows_the_last_by_the_stretch(width, stretch):
    plain, changed = frequencies(width).double(), frequencies(width, ntk_base(10_000.0, stretch, width)).double()
    assert plain[0] == changed[0]
    assert (plain[-1] / changed[-1]).item() == pytest.approx(stretch, rel=1e-4)


def test_the_published_base_for_llama_and_the_one_often_written():
    assert round(ntk_base(10_000, 8, 128)) == 82_685
    assert 10_000 * 8**2 == 640_000


def test_interpolation_is_reading_squeezed_positions():
    x, places = normal(3, 9, 12, seed=0), torch.arange(9)
    squeezed = ScaledRoPE(interpolated(frequencies(12), 4.0)).turn(x, places)
    torch.testing.assert_close(squeezed, RoPE().turn(x, places / 4))


def test_by_parts_keeps_the_quick_pairs_and_slows_the_slow_ones_by_the_stretch():
    plain = frequencies(128)
    kept = kept_share(full_rotations(plain, 4096), alpha=1, beta=32)
    changed = ntk_by_parts(plain, 16, kept)
    full = full_rotations(plain, 4096)
    assert torch.equal(changed[full > 32], plain[full > 32])
    torch.testing.assert_close(changed[full < 1], plain[full < 1] / 16)
    assert (kept > 0).logical_and(kept < 1).any()


def test_yarn_multiplies_scores_by_the_square_of_its_factor():
    q, k, here = normal(1, 1, 5, 16, seed=0), normal(1, 1, 5, 16, seed=1), torch.arange(5)
    with_factor, plain = yarn(16, 8, 64, 0.5, 4), yarn(16, 8, 64, 0.5, 4)
    plain.factor = 1.0
    scores = [scheme.turn(q, here) @ scheme.turn(k, here).mT for scheme in (with_factor, plain)]
    torch.testing.assert_close(scores[0], scores[1] * (0.1 * math.log(8) + 1) ** 2)
    assert score_factor(1) == 1


def test_another_position_scheme_leaves_the_shared_model_alone():
    model = scheme_model("rope")
    before = model.position
    changed = with_position(model, yarn(16, 4, 64, 0.5, 4))
    assert model.position is before
    assert changed.embedding.weight is model.embedding.weight
    assert changed.blocks[0].attention.position is changed.position


def test_a_head_of_another_width_is_refused():
    with pytest.raises(ValueError, match="8 frequencies do not serve a head of width 12"):
        ScaledRoPE(frequencies(16)).turn(normal(1, 3, 12, seed=0), torch.arange(3))


def test_dynamic_scaling_changes_nothing_within_the_trained_length():
    assert torch.equal(dynamic(16, 4, length=50, trained=64), frequencies(16))
    assert dynamic_base(10_000, 1, 16, 128, 64) == pytest.approx(ntk_base(10_000, 2, 16))


def test_factors_of_one_are_plain_rope():
    assert torch.equal(by_factors(frequencies(16), torch.ones(8)), frequencies(16))
    assert longrope_score_factor(1, 64) == 1
