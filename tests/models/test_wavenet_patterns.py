"""The patterns that WaveNets continue, their loss by hand, and what the shipped ones reach."""

import math
from functools import partial

import pytest
import torch

from models.checkpoints import load_card
from models.convolution.pretrained_wavenets import STACKS, TRAININGS, pattern_net, pattern_wavenet
from models.data.waveforms import PATTERN_LEVELS, PERIOD, patterns
from models.parameter_count import parameter_count
from models.seeding import generator, seeded
from models.training.wavenet_patterns import CHECKPOINTS, NAME, density, pattern_loss


def test_a_pattern_repeats_and_has_all_levels() -> None:
    codes = patterns(30, 250, 90, generator(0))
    assert codes.shape == (30, 250)
    assert torch.equal(codes[:, :160], codes[:, 90:])
    assert codes.unique().tolist() == list(range(PATTERN_LEVELS))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_rest_of_a_sparse_pattern_is_silent(share: float) -> None:
    codes = patterns(200, PERIOD, PERIOD, generator(0), share)
    silent = (codes == PATTERN_LEVELS // 2).float().mean().item()
    assert silent == pytest.approx(1 - share + share / PATTERN_LEVELS, abs=0.02)


def test_patterns_grow_dense_over_half_of_the_training() -> None:
    assert [density(step, 100) for step in (0, 25, 50, 99)] == pytest.approx([0.1, 0.55, 1, 1])


def test_the_loss_leaves_the_first_period_out() -> None:
    model = seeded(partial(pattern_net, "growing"), 0)
    codes = patterns(2, 10, 4, generator(1))
    with torch.no_grad():
        model.readout.weight.zero_()
        model.readout.bias.copy_(torch.arange(PATTERN_LEVELS).float())
    expected = (model.readout.bias.logsumexp(0) - codes[:, 4:].float()).mean().item()
    assert pattern_loss(model, codes, 4).item() == pytest.approx(expected, abs=1e-5)


def test_all_stacks_have_equally_many_parameters() -> None:
    assert len({parameter_count(seeded(partial(pattern_net, stack), 0)) for stack in STACKS}) == 1


def test_what_the_shipped_models_learned() -> None:
    codes = patterns(64, 100, PERIOD, generator(7))
    for training in range(1, TRAININGS + 1):
        for stack in STACKS:
            loss = pattern_loss(pattern_wavenet(stack, training), codes).item()
            assert (abs(loss - math.log(PATTERN_LEVELS)) < 0.1) if stack == "all 1" else loss < 0.7, (stack, training)


def test_the_card_says_what_its_models_do() -> None:
    assert CHECKPOINTS[NAME].measured() == pytest.approx(load_card(NAME)["metrics"], abs=0.01)
