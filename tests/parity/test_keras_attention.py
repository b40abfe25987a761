"""Bahdanau's and Luong's alignments against keras' AdditiveAttention and Attention at odd sizes.

Keras has the comparison, the softmax and the weighted sum, and no matrices before them: queries and keys are handed
over as those matrices left them. Its products are of single precision, whatever its inputs are.
"""

from functools import partial

import pytest
import torch
from torch import Tensor

from models.attention import bahdanau, luong
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=1e-6, rtol=1e-5)
B, S, T, D, A, V = 3, 7, 5, 5, 9, 11


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))  # it writes its settings there
        from keras import layers

        yield layers


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=generator(seed), dtype=torch.float64)


def attended(layer, query: Tensor, value: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
    """Contexts and weights of a layer, on the CPU."""
    context, weights = layer([query, value, key], return_attention_scores=True)
    return context.detach().cpu().double(), weights.detach().cpu().double()


def additive(layers, v: Tensor, s: Tensor, h: Tensor, w: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    layer = layers.AdditiveAttention(dtype="float64")
    layer.build([(B, s.shape[1], v.shape[0]), (B, S, h.shape[-1]), (B, S, v.shape[0])])
    layer.set_weights([v.numpy()])
    return attended(layer, s @ w, h, h @ u)


def test_the_alignment_of_bahdanau_is_keras_additive_attention(layers):
    s, h = normal(0, B, D), normal(1, B, S, 2 * D)
    w, u, v = normal(2, D, A), normal(3, 2 * D, A), normal(4, A)
    expected, weights = additive(layers, v, s[:, None], h, w, u)
    alpha = bahdanau.alignment(bahdanau.energies(s, h, w, u, v))
    close(alpha, weights[:, 0])
    close(bahdanau.context(alpha, h), expected[:, 0])
    flipped = bahdanau.alignment(bahdanau.energies(s, h, w, -u, v))  # a difference in place of a sum
    assert (flipped - weights[:, 0]).abs().max() > 0.1


def test_the_trained_loop_of_bahdanau_attends_as_keras_does(layers):
    model = seeded(lambda: bahdanau.BahdanauTranslator(V, D), 0).double()
    redraw(model, 5)
    model.requires_grad_(False)
    source, read = (torch.randint(V, (B, n), generator=generator(n)) for n in (S, T))
    trace = model(source, read)[1]
    first = model.encode(source).start
    before = torch.cat([first[:, None], trace.states[:, :-1]], dim=1)  # (B, T, D)
    contexts, weights = additive(layers, model.v_a[:, 0], before, trace.annotations, model.w_a, model.u_a)
    close(trace.weights, weights)
    close(trace.contexts, contexts)
    late = additive(layers, model.v_a[:, 0], trace.states, trace.annotations, model.w_a, model.u_a)[1]
    assert (trace.weights - late).abs().max() > 0.01  # the state after the word is another query


@pytest.mark.parametrize("kind", ["dot", "general", "concat"])
def test_global_alignment_of_luong_is_keras_attention(layers, kind):
    h, encoded, w = normal(0, B, T, D), normal(1, B, S, D), normal(2, D, D)
    ours, score_mode, query, key = luong.DotScore(), "dot", h, encoded
    if kind == "general":
        ours, query = seeded(lambda: luong.GeneralScore(D), 0).double(), h @ w
        ours.w_a.data = w
    if kind == "concat":
        ours, score_mode = seeded(lambda: luong.ConcatScore(D), 0).double(), "concat"
        ours.w_h.data, ours.w_encoded.data, ours.v_a.data = w, normal(3, D, D), torch.ones(D, 1, dtype=torch.float64)
        query, key = h @ ours.w_h, encoded @ ours.w_encoded
    layer = layers.Attention(score_mode=score_mode, dtype="float64")
    layer.build([(B, T, D), (B, S, D), (B, S, D)])
    if kind == "concat":
        layer.set_weights([torch.ones(()).numpy()])  # keras has one weight where the paper has v_a
    contexts, weights = attended(layer, query, encoded, key)
    found = luong.GlobalAlignment(ours)(h, encoded).detach()
    close(found, weights)
    close((found @ encoded), contexts)
    scaled = luong.global_alignment(ours(h, encoded).detach() / D**0.5)  # a factor that neither has
    assert (scaled - weights).abs().max() > 0.01
