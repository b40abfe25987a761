"""The small model with a sink: what it adds up, what is measured of it, and what it does behind a cache."""

import pytest
import torch

from models.attention import bigram_attention as bigram_attention_module
from models.attention.bigram_attention import BigramAttention
from models.attention.masks import causal_mask, sliding_window_mask
from models.data.bigram_backcopy import ASK, LENGTH, SYMBOLS, TRIGGERS, texts
from models.language.pretrained_text_models import sink_former
from models.seeding import generator, seeded
from models.training.sinks import LAYERS, SIZES, SNAPSHOTS, dormant_share, loss_of, value_norm
from tests.shape_comments import shapes_checked

B, T, V, D = 3, 11, 9, 8
IDS = torch.randint(V, (B, T), generator=generator(0))
TEXTS = texts(8, LENGTH, generator(4))


def small(layers: int) -> BigramAttention:
    return seeded(lambda: BigramAttention(V, D, layers, 2), 5).requires_grad_(False)


def test_logits_are_the_table_and_what_attention_read():
    model = small(2)
    logits, trace = model(IDS)
    first = model.layers[0](model.norms[0](model.embedding(IDS)), causal_mask(T))[0]
    second = model.layers[1](model.norms[1](model.embedding(IDS) + first), causal_mask(T))[0]
    torch.testing.assert_close(logits, model.table(IDS) + model.readout(first + second))
    assert [layer.weights.shape for layer in trace.layers] == [(B, 2, T, T)] * 2


def test_without_attention_only_the_symbol_itself_counts():
    model = small(1)
    model.readout.weight.zero_()
    torch.testing.assert_close(model(IDS)[0], model.table.weight[IDS])


def test_shape_comments_are_true():
    with shapes_checked(bigram_attention_module, B=B, T=T, D=D, V=V) as watch:
        small(2)(IDS)
    assert watch.reached


@pytest.mark.parametrize("layers", LAYERS)
def test_behind_a_cache_are_the_same_weights(layers):
    plain = sink_former(layers)
    torch.testing.assert_close(
        sink_former(layers, window=LENGTH, kept=range(2))(TEXTS)[0], plain(TEXTS)[0], atol=1e-3, rtol=1e-3
    )
    torch.testing.assert_close(
        sink_former(layers, window=9)(TEXTS)[0], plain(TEXTS, sliding_window_mask(LENGTH, 9))[0], atol=1e-3, rtol=1e-3
    )


def test_the_last_snapshot_is_the_finished_model():
    last, finished = sink_former(1, len(SNAPSHOTS) - 1), sink_former(1)
    assert all(torch.equal(a, b) for a, b in zip(last.parameters(), finished.parameters(), strict=True))
    early = sink_former(1, 0)
    assert loss_of(early, TEXTS) > loss_of(finished, TEXTS) + 0.2


def test_share_and_value_norm_are_what_a_loop_counts():
    layer = sink_former(1)(TEXTS)[1].layers[0]
    idle = [
        layer.weights[row, 0, t, 0].item()
        for row in range(len(TEXTS))
        for t in range(8, LENGTH)
        if TEXTS[row, t] >= TRIGGERS and TEXTS[row, t] != ASK
    ]
    assert dormant_share(layer.weights, TEXTS).item() == pytest.approx(sum(idle) / len(idle), abs=1e-5)
    first, others = layer.v[:, 0, 0].norm(dim=-1).mean(), layer.v[:, 0, 1:].norm(dim=-1).mean()
    assert value_norm(layer.v).item() == pytest.approx((first / others).item(), abs=1e-5)


def test_the_recipe_builds_what_it_measures():
    model = seeded(lambda: BigramAttention(layers=1, **SIZES), 0)
    loss = loss_of(model, TEXTS)
    loss.backward()
    assert SIZES["symbols"] == SYMBOLS
    assert all(parameter.grad is not None for parameter in model.parameters())
