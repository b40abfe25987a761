"""S4D in Mamba's block: one system for all tokens, no look ahead, and the task on which that suffices."""

import pytest
import torch

from models.data.symbol_sequences import DELAY, GO, NOISE, NOT_ASKED, delayed_copy
from models.seeding import generator, normal, seeded
from models.statespace.fixed_block import FixedBlock
from models.statespace.linear_ssm import recurrent
from models.statespace.selective_scan import hidden_attention, relative_weights
from models.statespace.sequence_model import sequence_model


def block() -> FixedBlock:
    return seeded(lambda: FixedBlock(6, 3), 0).start()


def test_the_system_is_the_same_whatever_the_tokens_are() -> None:
    one, other = (block()(normal(2, 9, 6, seed=seed))[1] for seed in (1, 2))
    assert not torch.equal(one.signal, other.signal)
    torch.testing.assert_close(one.system.kernel, other.system.kernel, rtol=0, atol=0)


def test_a_channel_of_the_block_is_its_recurrence() -> None:
    layer, x = block(), normal(1, 9, 6, seed=1)
    _, trace = layer(x)
    system, channel = trace.system, 4
    by_steps = recurrent(
        trace.signal[..., channel], system.step.kept[channel], system.step.taken[channel], system.c[channel]
    )
    y, _ = layer.system(trace.signal)
    expected = by_steps + layer.system.skip_weight[channel] * trace.signal[..., channel]
    torch.testing.assert_close(y[..., channel], expected)


def test_no_output_depends_on_a_later_token() -> None:
    layer, x = block(), normal(1, 9, 6, seed=1)
    later = x.clone()
    later[:, 5:] += 1
    torch.testing.assert_close(layer(later)[0][:, :5], layer(x)[0][:, :5])
    assert not torch.allclose(layer(later)[0][:, 5:], layer(x)[0][:, 5:])


def test_every_weight_learns() -> None:
    model = seeded(lambda: sequence_model("s4d", 66), 0)
    for layer in model.modules():
        if isinstance(layer, FixedBlock):
            layer.start()
    logits, _ = model(delayed_copy(3, 32, 8, generator(0)).inputs)
    logits.square().mean().backward()
    weights = {name: weight for name, weight in model.named_parameters() if "feed_forward" not in name}  # has none
    still = [name for name, weight in weights.items() if weight.grad is None or not weight.grad.any()]
    assert not still


@pytest.mark.parametrize(("length", "symbols"), [(32, 8), (32, 2), (64, 8)])
def test_each_symbol_stands_as_many_tokens_before_its_copy(length: int, symbols: int) -> None:
    inputs, targets = delayed_copy(5, length, symbols, generator(0))
    assert inputs.shape == targets.shape == (5, length)
    asked = (targets != NOT_ASKED).nonzero()
    assert len(asked) == 5 * symbols
    for row, at in asked.tolist():
        assert inputs[row, at - DELAY] == targets[row, at]
    assert (inputs == GO).sum() == 5
    assert (inputs == NOISE).sum() == 5 * (length - 2 * symbols)


def test_there_must_be_room_for_the_delay() -> None:
    with pytest.raises(ValueError, match="too short"):
        delayed_copy(1, 31, 8, generator(0))


def test_relative_weights_by_hand() -> None:
    hidden = torch.tensor([[[[1.0, 0.0], [-2.0, 1.0]], [[3.0, 0.0], [4.0, -1.0]]]])  # (1, 2, 2, 2)
    torch.testing.assert_close(relative_weights(hidden), torch.tensor([[[1.0, 0.0], [0.75, 0.25]]]))


def test_hidden_attention_by_hand() -> None:
    decay = torch.tensor([0.5, 0.5, 0.25]).view(1, 3, 1, 1)
    ones = torch.ones(1, 3, 1)
    expected = torch.tensor([[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.125, 0.25, 1.0]])
    torch.testing.assert_close(hidden_attention(decay, ones, ones, ones)[0, 0], expected)
