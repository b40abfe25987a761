"""Layers that are copied: which, where, and what the deeper model computes."""

import pytest
import torch

from models.layers.swiglu import SwiGLU
from models.published.configs import CONFIGS
from models.published.weights import total_weights
from models.seeding import generator, seeded
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.depth_upscaling import (
    appended_order,
    block_of,
    doubled_order,
    grown,
    repeated_layers,
    reversed_order,
    stacked,
    upscaled_order,
)

CONFIG = DecoderConfig(vocabulary=23, width=12, layers=4, heads=3, kv_heads=1, head_width=4, hidden=10, context=9)


def source() -> Decoder:
    return seeded(lambda: Decoder(CONFIG, None, SwiGLU), 3)


def test_solar_takes_24_layers_of_each_copy():
    order = upscaled_order(32, 8)
    assert len(order) == 48
    assert order[:24] == list(range(24))
    assert order[24:] == list(range(8, 32))


def test_orders_of_four_layers():
    assert upscaled_order(4, 1) == [0, 1, 2, 1, 2, 3]
    assert appended_order(4, 1) == [0, 1, 2, 3, 0, 1]
    assert doubled_order(4, 1) == [0, 1, 1, 2, 2, 3]
    assert reversed_order(4, 1) == [3, 2, 1, 2, 1, 0]
    assert repeated_layers([0, 1, 2, 1, 2, 3]) == [3, 4]


def test_names_of_weights():
    assert block_of("blocks.3.attention.to_q.weight") == (3, "attention.to_q.weight")
    assert block_of("embedding.weight") is None


def test_the_deeper_model_is_the_layers_of_the_source_run_in_that_order():
    model, ids = source(), torch.arange(18).view(2, 9)
    order = [1, 0, 0, 3, 2]
    deeper = grown(model, order)
    x = model.embedding(ids)
    mask = torch.ones(9, 9, dtype=torch.bool).tril()
    for layer in order:
        x, _ = model.blocks[layer](x, mask, None, None)
    torch.testing.assert_close(deeper(ids)[0], model.unembed(x))
    assert deeper.config.layers == 5


def test_silent_layers_leave_the_function_as_it_is():
    model, ids = source(), torch.arange(18).view(2, 9)
    expected = model(ids)[0]
    torch.testing.assert_close(grown(model, upscaled_order(4, 1), silent=True)(ids)[0], expected, rtol=0, atol=0)
    assert (grown(model, upscaled_order(4, 1))(ids)[0] - expected).abs().max() > 0.01


def test_copies_do_not_share_memory_with_the_source():
    model = source()
    deeper = grown(model, upscaled_order(4, 1))
    deeper.blocks[1].attention.to_q.weight.data.zero_()
    assert model.blocks[1].attention.to_q.weight.abs().sum() > 0
    assert deeper.blocks[3].attention.to_q.weight.abs().sum() > 0


@pytest.mark.parametrize(("name", "count"), {"SOLAR 10.7B": 10_731_524_096, "Mistral 7B": 7_241_732_096}.items())
def test_published_counts(name, count):
    assert total_weights(CONFIGS[name]) == count


def test_stacked_layers_are_the_grown_model_without_a_copy():
    source = seeded(lambda: Decoder(CONFIG), 0).requires_grad_(False)
    ids = torch.randint(CONFIG.vocabulary, (2, 6), generator=generator(1))
    order = upscaled_order(CONFIG.layers, 1)
    for silent in (False, True):
        ours = stacked(source, order, silent)
        torch.testing.assert_close(ours(ids)[0], grown(source, order, silent)(ids)[0])
        assert ours.embedding.weight is source.embedding.weight
    torch.testing.assert_close(stacked(source, order, silent=True)(ids)[0], source(ids)[0])
    assert len(source.blocks) == CONFIG.layers
