"""sLSTM and mLSTM against the outputs that the xlstm package gave for the same weights; see ``xlstm_recorded``."""

import json
from functools import partial

import pytest
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from models.recurrence import slstm
from models.recurrence.mlstm import Projected, parallel, recurrent
from models.recurrence.slstm import SLSTM
from models.seeding import seeded
from tests.parity.xlstm_recorded import RECORDED, SLSTM_SEEDS, D, J, K, mlstm_inputs, slstm_weights

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=1e-10, rtol=1e-8)
THEIRS = json.loads(RECORDED.read_text(encoding="utf-8"))
OURS = [2, 0, 1, 3]
"""Our gates z, i, f, o among theirs, which are i, f, z, o."""


def recorded(name: str, *keys: str) -> Tensor:
    found = THEIRS[name]
    for key in keys:
        found = found[key]
    return torch.tensor(found, dtype=torch.float64)


def cell(heads: int) -> SLSTM:
    _, W, U, b = slstm_weights(heads)
    ours = seeded(lambda: SLSTM(J, heads * K, heads=heads), 0).double()
    ours.from_input.weight.data = W[:, OURS].flatten(0, 2)
    ours.from_input.bias.data = b[:, OURS].flatten()
    ours.from_state.data = U[:, OURS].permute(0, 3, 1, 2).flatten(2)
    return ours


@pytest.mark.parametrize("heads", SLSTM_SEEDS)
def test_slstm_is_the_packages(heads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x, expected = slstm_weights(heads).x, recorded("slstm", str(heads))
    close(cell(heads)(x)[0], expected)
    right = slstm.stabilised
    monkeypatch.setattr(slstm, "stabilised", lambda log_i, log_f, m: right(log_f, log_i, m))  # the gates exchanged
    assert (cell(heads)(x)[0] - expected).abs().max() > 0.1


def test_heads_of_slstm_do_not_mix() -> None:
    mixed = cell(3)
    mixed.from_state.data = mixed.from_state.data.roll(1, 0)
    assert (mixed(slstm_weights(3).x)[0] - recorded("slstm", "3")).abs().max() > 0.01


def projected(scale: float) -> Projected:
    q, k, v, i, f = mlstm_inputs()
    return Projected(q, k * scale, v, i, logsigmoid(f), torch.ones_like(q))


def test_mlstm_is_the_packages_in_both_forms() -> None:
    p = projected(D**-0.5)
    close(recurrent(p)[0], recorded("mlstm_recurrent"))
    close(parallel(p), recorded("mlstm_parallel"))
    unscaled = projected(1.0)  # keys not divided by √D
    assert (parallel(unscaled) - recorded("mlstm_parallel")).abs().max() > 0.01
