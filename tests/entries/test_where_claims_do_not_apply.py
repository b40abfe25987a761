"""Settings at which a claim of the generative pages says nothing: the verdict is “does not apply”, not “failed”."""

import pytest

from app.claims import check
from glossary import reader
from tests.entries.evidence import runs_of


@pytest.mark.parametrize(
    ("slug", "claim", "change"),
    [
        ("diffusion-reverse-process", 2, {"apart": 0.8}),  # the modes overlap: no point is decided
        ("diffusion-training-objective", 1, {"data": "two modes"}),  # the peak is not there
        ("reparameterization-trick", 2, {"objective": "a sine", "omega": 6.0}),  # the true gradient is about 1e-7
        ("reparameterization-trick", 3, {"drawing": "example 1"}),  # the gain differs from digit to digit
        ("variational-autoencoder", 1, {"latents": 8, "steps": 100}),  # no grid over eight latents
        ("realnvp", 3, {"depth": 32, "steps": 100}),  # the claim is of up to 16 layers
    ],
)
def test_a_claim_that_says_nothing_here_is_not_failed(slug: str, claim: int, change: dict[str, object]) -> None:
    metrics = runs_of(slug)(**change).metrics
    assert check(reader.entries()[slug], metrics)[claim - 1].verdict == "does not apply"
    assert check(reader.entries()[slug], runs_of(slug)().metrics)[claim - 1].verdict == "held"


def test_chains_end_in_the_right_shares_at_a_seed_that_was_off_by_nine() -> None:
    metrics = runs_of("score-based-model")(seed=284099858).metrics
    assert check(reader.entries()["score-based-model"], metrics)[0].verdict == "held"
