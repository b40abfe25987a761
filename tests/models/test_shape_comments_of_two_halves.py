"""The shape comments of encoder-decoders, T5 and Transformer-XL and of their tasks, executed; all sizes differ."""

import pytest
import torch

from models.data import moved_things, named_tasks, tok_sentences
from models.interpretability import prefix_replaced, segment_gradients
from models.language import from_states
from models.position import relative_bias
from models.seeding import generator, seeded
from models.transformer import absolute_xl, mean_source, pre_norm_encoder_decoder, t5, transformer_xl
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.segments import SEGMENT
from tests.shape_comments import check_fields, shapes_checked

B, S, T, D, H, K, F, V = 2, 7, 5, 12, 3, 4, 19, 23
SIZES = EncoderDecoderConfig(V, D, layers=1, heads=H, hidden=F)
SOURCE, TARGET = (torch.randint(2, V, (B, n), generator=generator(n)) for n in (S, T))
MASK = padding_mask(SOURCE, 0)


def run_mean() -> None:
    seeded(lambda: mean_source.MeanSource(SIZES), 0)(SOURCE, TARGET, MASK)


def run_pre_norm() -> None:
    seeded(lambda: pre_norm_encoder_decoder.PreNormEncoderDecoder(SIZES), 0)(SOURCE, TARGET, MASK)


def run_t5() -> None:
    model = seeded(lambda: t5.T5(t5.T5Config(V, D, 1, H, K, F)), 0)
    assert check_fields(model.encode(SOURCE, MASK), B=B, S=S, D=D) == 2
    model.decode(TARGET, model.encode(SOURCE, MASK))


def run_prefix() -> None:
    model = seeded(lambda: EncoderDecoder(SIZES), 0)
    prefix_replaced.decoded(model, TARGET, model.encode(SOURCE, MASK), 2)
    prefix_replaced.generated(model, model.encode(SOURCE, MASK), 2, 1, 1)


def run_states() -> None:
    model = seeded(lambda: EncoderDecoder(SIZES), 0)
    from_states.generated(model, model.encode(SOURCE, MASK), 1, 1)


def run_tasks() -> None:
    for task in named_tasks.TASKS:
        assert check_fields(named_tasks.drawn(B, task, generator(0)), B=B, S=15, T=6) == 2


def run_tok() -> None:
    tok_sentences.sentences(B, generator(0))


def run_moved() -> None:
    assert check_fields(moved_things.texts(B, T, generator(0)), B=B, T=T) == 3


CASES = [
    (mean_source, run_mean, {"B": B, "S": S, "D": D}),
    (pre_norm_encoder_decoder, run_pre_norm, {"B": B, "D": D, "S": S}),
    (t5, run_t5, {"B": B, "D": D, "H": H, "K": K}),
    (prefix_replaced, run_prefix, {"B": B, "D": D}),
    (from_states, run_states, {"B": B}),
    (named_tasks, run_tasks, {"B": B, "S": 15, "T": 6}),
    (tok_sentences, run_tok, {"B": B}),
    (moved_things, run_moved, {"B": B, "T": T}),
]


@pytest.mark.parametrize(("module", "run", "sizes"), CASES, ids=lambda item: getattr(item, "__name__", "")[-20:])
def test_shapes(module, run, sizes):
    with shapes_checked(module, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()


def test_a_bias_for_a_stack():
    with shapes_checked(relative_bias, T=T) as watch:
        relative_bias.StackBias(H, 8, 16, causal=False)(T)
    assert watch.reached


def test_segments():
    model = seeded(lambda: transformer_xl.TransformerXL(transformer_xl.XLConfig(V, D, 1, H, F)), 0)
    M = 6
    with shapes_checked(transformer_xl, B=B, T=T, D=D, H=H, K=K, S=M + T) as watch:
        model(TARGET, (torch.zeros(B, M, D),))
    assert watch.reached
    assert not watch.unreached()


def test_gradients_by_distance():
    model = seeded(lambda: transformer_xl.TransformerXL(transformer_xl.XLConfig(V, D, 1, H, F)), 0)
    T = 2 * SEGMENT
    with shapes_checked(segment_gradients, T=T) as watch:
        assert segment_gradients.gradient_by_distance(model, torch.zeros(1, T, dtype=torch.long), 4).shape == (T,)
    assert not watch.unreached()


def test_segments_with_absolute_positions():
    model = seeded(lambda: absolute_xl.AbsoluteXL(transformer_xl.XLConfig(V, D, 1, H, F)), 0)
    with shapes_checked(absolute_xl, T=T, S=6 + T) as watch:
        model(TARGET, (torch.zeros(B, 6, D),))
    assert watch.reached
    assert not watch.unreached()
