"""Retention and linear attention against what flash-linear-attention's naive forms gave for the same inputs."""

import json
from functools import partial

import pytest
import torch
from torch import Tensor

from models.attention import linear
from models.statespace import retention
from models.statespace.retention_changes import late_chunkwise
from tests.parity.flash_linear_attention_recorded import RECORDED, H, K, drawn, features

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=5e-5, rtol=1e-4)
THEIRS = {name: torch.tensor(values) for name, values in json.loads(RECORDED.read_text(encoding="utf-8")).items()}
FORMS = {
    "parallel": retention.parallel,
    "recurrent": retention.recurrent,
    "chunkwise": partial(retention.chunkwise, chunk=4),
}


def scaled() -> tuple[Tensor, Tensor, Tensor]:
    """The package divides queries by √K inside."""
    q, k, v = drawn()
    return q / K**0.5, k, v


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_retention_is_theirs(form: str) -> None:
    close(FORMS[form](*scaled(), retention.decays(H)), THEIRS["retention"])


def test_wrong_decays_and_a_late_state_are_noticed() -> None:
    wrong = [
        retention.parallel(*scaled(), retention.short_text_decays(H)),
        late_chunkwise(*scaled(), retention.decays(H), 4),
    ]
    for mistaken in wrong:
        assert (mistaken - THEIRS["retention"]).abs().max() > 0.01


@pytest.mark.parametrize(("normalised", "name"), [(True, ""), (False, ", not normalised")])
def test_linear_attention_token_by_token_is_theirs(normalised: bool, name: str) -> None:
    theirs = THEIRS[f"linear attention{name}"]
    close(linear.recurrent(*features(), normalised=normalised)[0], theirs)
    assert (linear.recurrent(*features(), normalised=not normalised)[0] - theirs).abs().max() > 0.01
