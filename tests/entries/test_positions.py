"""What the pages about positions say beyond their claims."""

import pytest
import torch

from app.claims import verdict
from app.experiments import experiment
from app.experiments.position.rope_scaling.run import ScalingControls
from glossary import reader
from models.attention.dot_product import attention_scores
from models.language.loss_by_length import TRAINED, losses, scheme_model, texts
from models.position.longrope_search import Candidate, LongRoPE, rescaled_angles
from models.position.rope import angles, frequencies, rotate
from models.position.rope_rules import CachedDynamicRoPE, angles_as_cached, dynamic
from models.position.scaled_rope import with_position
from models.position.sinusoidal import HeldSinusoidal, held_at_mean, sinusoidal_encoding
from models.seeding import normal

THETA = frequencies(16)
FACTORS = torch.linspace(1, 4, 8)


@pytest.mark.parametrize("sentence", ["dog dog dog dog dog dog", "dog", "the dog"])
def test_equal_or_too_few_words_decide_nothing(sentence: str) -> None:
    found = experiment("position/word_order")
    result = found.run(found.controls(sentence=sentence), "cpu")
    metrics, claims = found.measure(result), reader.entries()["positional-encoding"].live.claims
    assert [verdict(claim, metrics) for claim in claims[:2]] == ["does not apply", "does not apply"]
    assert any("cannot be told apart" in notice for notice in found.notices(result))


def test_left_alone_up_to_the_trained_length_is_a_cache_with_the_short_factors() -> None:
    here, later = torch.arange(TRAINED), torch.arange(TRAINED, TRAINED + 9)
    q, k = normal(1, 1, 9, 16, seed=1), normal(1, 1, TRAINED, 16, seed=2)
    scheme = LongRoPE(THETA, Candidate(FACTORS, TRAINED))
    stale = attention_scores(rotate(q, angles(later, THETA / FACTORS)), rotate(k, angles(here, THETA)))
    torch.testing.assert_close(attention_scores(scheme.turn(q, later), scheme.turn(k, here)), stale)


def test_rescaled_angles_are_plain_before_n_and_divided_from_there_on() -> None:
    found = rescaled_angles(torch.arange(10), THETA, Candidate(FACTORS, 4))
    torch.testing.assert_close(found[:4], angles(torch.arange(4), THETA))
    torch.testing.assert_close(found[4:], angles(torch.arange(4, 10), THETA) / FACTORS)


def test_a_cached_key_has_the_base_of_the_length_at_its_time() -> None:
    positions = torch.tensor([0, 63, 64, 100, 255])
    expected = [m * dynamic(16, 4.0, m + 1, 64) for m in positions.tolist()]
    torch.testing.assert_close(angles_as_cached(positions, 16, 4.0, 64, 10_000.0), torch.stack(expected))


def test_within_the_trained_length_the_cache_of_dynamic_ntk_changes_nothing() -> None:
    ids = texts(3, 2, TRAINED)
    cached = with_position(scheme_model("rope"), CachedDynamicRoPE(4.0, TRAINED))
    torch.testing.assert_close(losses(cached, ids), losses(scheme_model("rope"), ids), rtol=1e-4, atol=1e-5)


def test_held_waves_stand_at_their_mean_and_the_others_as_they_were() -> None:
    codes, held = sinusoidal_encoding(torch.arange(20), 8), torch.tensor([False, True, True, False])
    found = held_at_mean(codes, held, torch.arange(64))
    torch.testing.assert_close(found[:, [0, 1, 6, 7]], codes[:, [0, 1, 6, 7]])
    mean = sinusoidal_encoding(torch.arange(64), 8).mean(dim=0)
    torch.testing.assert_close(found[:, 2:6], mean[2:6].expand(20, 4))


def test_a_decoder_none_of_whose_waves_is_held_is_the_trained_one() -> None:
    ids = texts(4, 2, TRAINED)
    free = with_position(
        scheme_model("sinusoidal"), HeldSinusoidal(torch.zeros(64, dtype=torch.bool), torch.arange(TRAINED))
    )
    torch.testing.assert_close(losses(free, ids), losses(scheme_model("sinusoidal"), ids))


def test_further_training_is_bounded_so_that_every_setting_ends_within_ten_seconds() -> None:
    with pytest.raises(ValueError, match="less than or equal to 20"):
        ScalingControls(stretch=8, steps=30)


@pytest.mark.parametrize("slug", [entry.slug for entry in reader.entries().values() if entry.chapter == "position"])
def test_a_page_about_positions_has_evidence_from_a_run(slug: str) -> None:
    entry = reader.entries()[slug]
    assert any(claim.kind in ("learned", "measured") for claim in entry.live.claims)
    assert entry.defined_by
    assert entry.where
    assert entry.live.finds
    assert all(claim.shows for claim in entry.live.claims)
