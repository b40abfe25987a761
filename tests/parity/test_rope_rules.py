"""Every rule for rotary frequencies and the one of the same name in transformers, at odd sizes."""

import pytest
import torch
import transformers
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from app.experiments.position.rope_variants.rules import recorded
from models.position.rope import frequencies
from models.position.rope_rules import by_factors, dynamic, kept_by_number, longrope_score_factor
from models.position.scaled_rope import full_rotations, interpolated, kept_share, ntk_by_parts, score_factor
from tests.parity.rope_frequencies import every
from tests.parity.rope_frequencies import library as recorded_by_library

WIDTH, TRAINED, BASE = 44, 96, 700.0
PLAIN = frequencies(WIDTH, BASE)
LONG = [1.0 + 0.37 * pair for pair in range(WIDTH // 2)]


def library(kind: str, length: int | None = None, **settings: object) -> tuple[torch.Tensor, float]:
    """Inverse frequencies and the factor on cosines and sines, as transformers makes them."""
    config = transformers.LlamaConfig(
        hidden_size=6 * WIDTH,
        num_attention_heads=6,
        head_dim=WIDTH,
        max_position_embeddings=settings.pop("longest", TRAINED),
        rope_parameters={"rope_type": kind, "rope_theta": BASE} | settings,
    )
    return ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"), seq_len=length)


def same(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=0)


def test_linear():
    theirs, factor = library("linear", factor=5.0)
    same(interpolated(PLAIN, 5.0), theirs)
    assert factor == 1


@pytest.mark.parametrize("length", [40, 97, 400])
def test_dynamic(length):
    theirs, factor = library("dynamic", length=length, factor=3.0)
    same(dynamic(WIDTH, 3.0, length, TRAINED, BASE), theirs)
    assert factor == 1


@pytest.mark.parametrize(("alpha", "beta"), [(1, 32), (0.5, 6)])
def test_yarn(alpha, beta):
    settings = {"factor": 6.0, "original_max_position_embeddings": TRAINED, "beta_fast": beta, "beta_slow": alpha}
    theirs, factor = library("yarn", longest=6 * TRAINED, **settings)
    kept = kept_by_number(WIDTH, TRAINED, alpha, beta, BASE)
    same(ntk_by_parts(PLAIN, 6.0, kept), theirs)
    assert factor == pytest.approx(score_factor(6.0))


def test_the_ramp_of_the_paper_is_another_than_that_of_the_code():
    theirs, _ = library(
        "yarn", longest=6 * TRAINED, factor=6.0, original_max_position_embeddings=TRAINED, beta_fast=6, beta_slow=0.5
    )
    paper = ntk_by_parts(PLAIN, 6.0, kept_share(full_rotations(PLAIN, TRAINED), 0.5, 6))
    assert (paper / theirs - 1).abs().max() > 0.1
    same(paper[-5:], theirs[-5:])


@pytest.mark.parametrize("length", [50, 500])
def test_longrope(length):
    short = [1.0] * (WIDTH // 2)
    settings = {"factor": 8.0, "original_max_position_embeddings": TRAINED, "long_factor": LONG, "short_factor": short}
    theirs, factor = library("longrope", length=length, longest=8 * TRAINED, **settings)
    same(by_factors(PLAIN, torch.tensor(LONG if length > TRAINED else short)), theirs)
    assert factor == pytest.approx(longrope_score_factor(8.0, TRAINED))


def test_llama3_is_ntk_by_parts_between_other_bounds():
    settings = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
    theirs, factor = library("llama3", longest=8 * TRAINED, original_max_position_embeddings=TRAINED, **settings)
    same(ntk_by_parts(PLAIN, 8.0, kept_share(full_rotations(PLAIN, TRAINED), 1.0, 4.0)), theirs)
    assert factor == 1


@pytest.mark.parametrize(("key", "kind", "base", "stretch", "long"), list(every()))
def test_the_file_that_the_page_compares_with_is_the_library_s(key, kind, base, stretch, long):
    theirs, factor = recorded_by_library(kind, base, stretch, long)
    stored = recorded()["frequencies"][key]
    same(torch.tensor(stored["theta"]), theirs)
    assert stored["factor"] == pytest.approx(factor, abs=1e-6)


def test_another_base_is_caught():
    theirs, _ = library("linear", factor=5.0)
    with pytest.raises(AssertionError):
        same(interpolated(frequencies(WIDTH, 1.01 * BASE), 5.0), theirs)
