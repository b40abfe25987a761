"""The shape comments of encoders, sequence layers and picture models, executed; all sizes differ."""

from functools import partial

import pytest
import torch

from models.attention import cross
from models.convolution import digit_cnn
from models.data import symbol_sequences
from models.generative import autoencoder, diffusion_transformer, vae
from models.language import masking, transduction
from models.layers import feed_forward
from models.recurrence import gru
from models.seeding import generator, normal, seeded
from models.statespace import fixed_block, mamba, retention, selective_scan, sequence_model
from models.transformer import encoder, encoder_decoder, pretraining_heads, vision_transformer
from tests.shape_comments import check_fields, shapes_checked

B, T, S, D, H, K, F, V, N, C = 2, 5, 7, 12, 3, 4, 9, 40, 6, 24
ENCODER = encoder.EncoderConfig(V, D, 2, H, F, context=T)
BOTH = encoder_decoder.EncoderDecoderConfig(V, D, 2, H, F)


def tokens(length: int, seed: int) -> torch.Tensor:
    return torch.randint(20, V, (B, length), generator=generator(seed))


def run_encoder() -> None:
    ids = tokens(T, 0)
    answers, trace = seeded(lambda: pretraining_heads.PretrainingEncoder(ENCODER), 0)(
        ids, mask=encoder.padding_mask(ids, pad=1)
    )
    assert check_fields(answers, B=B, T=T, V=V) == 2
    assert check_fields(trace, B=B, T=T, D=D) == 1
    assert check_fields(trace.blocks[0], B=B, T=T, D=D, F=F) == 2
    assert len(trace.states) == 3
    assert trace.weights[0].shape == (B, H, T, T)


def run_masking() -> None:
    assert check_fields(masking.masked_tokens(tokens(T, 0), V, generator(0)), B=B, T=T) == 2


def run_encoder_decoder() -> None:
    model = seeded(lambda: encoder_decoder.EncoderDecoder(BOTH), 0)
    source = tokens(S, 1)
    _, trace = model(source, tokens(T, 0), encoder.padding_mask(source, pad=1))
    assert check_fields(trace.encoded, B=B, S=S, D=D) == 1
    assert check_fields(trace.encoded.memories[0], B=B, H=H, S=S, K=K) == 2
    assert check_fields(trace.blocks[0], B=B, T=T, D=D, F=F) == 2
    assert trace.cross_weights[0].shape == (B, H, T, S)


def run_transduction() -> None:
    transduction.transduce(seeded(lambda: encoder_decoder.EncoderDecoder(BOTH), 0), tokens(S, 0), steps=1)


def run_mamba() -> None:
    layer = seeded(lambda: mamba.Mamba(D, state=N, scan=selective_scan.sequential_scan), 0).start()
    _, trace = layer(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, T=T, C=C, N=N) == 7
    assert check_fields(selective_scan.Discrete(trace.decay, trace.states), B=B, T=T, C=C, N=N) == 2
    selective_scan.parallel_scan(trace.decay, trace.states)
    weights = selective_scan.hidden_attention(trace.decay, trace.delta, trace.B, trace.C)
    assert weights.shape == (B, C, T, T)
    selective_scan.relative_weights(weights)


def run_fixed_block() -> None:
    _, trace = seeded(lambda: fixed_block.FixedBlock(D, N), 0).start()(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, T=T, C=C) == 2


def run_retention() -> None:
    layer = seeded(lambda: retention.MultiScaleRetention(D, H), 0)
    _, trace = layer(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, H=H, T=T, K=K, D=D) == 5
    gamma = retention.decays(H)
    retention.recurrent(trace.q, trace.k, trace.v, gamma)
    retention.chunkwise(trace.q, trace.k, trace.v, gamma, chunk=T)


def run_gru() -> None:
    _, trace = seeded(lambda: gru.GRU(D), 0)(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, T=T, D=D) == 3


def run_sequence_model() -> None:
    for kind in sequence_model.KINDS:
        logits, _ = seeded(partial(sequence_model.sequence_model, kind, V), 0)(tokens(T, 0))
        assert logits.shape == (B, T, V)


def run_symbols() -> None:
    assert check_fields(symbol_sequences.recall(B, 13, 3, generator(0)), B=B, T=13) == 2
    assert check_fields(symbol_sequences.selective_copy(B, 13, 4, generator(0)), B=B, T=13) == 2
    assert check_fields(symbol_sequences.delayed_copy(B, 28, 4, generator(0)), B=B, T=28) == 2


def run_vision() -> None:
    model = seeded(lambda: vision_transformer.VisionTransformer(width=D, heads=H, hidden=F), 0)
    _, trace = model(normal(B, 1, 8, 8, seed=0))
    vision_transformer.rollout(tuple(layer.weights for layer in trace.attention))


def run_diffusion_transformer() -> None:
    model = seeded(lambda: diffusion_transformer.DiffusionTransformer(width=D, heads=H, hidden=F), 0)
    _, trace = model(normal(B, 1, 8, 8, seed=0), torch.ones(B), torch.zeros(B, dtype=torch.long))
    assert check_fields(trace, B=B, D=D) == 1
    assert check_fields(trace.blocks[0], B=B, D=D) == 2
    model.blocks[0].hold("gate", 0.0)


def run_digit_cnn() -> None:
    _, trace = seeded(lambda: digit_cnn.DigitCNN(channels=3), 0)(normal(B, 1, 8, 8, seed=0))
    assert check_fields(trace, B=B, C=3, N=8) == 4


def run_autoencoder() -> None:
    x = normal(B, 64, seed=0)
    _, trace = seeded(lambda: autoencoder.Autoencoder(code=3), 0)(x)
    assert check_fields(trace, B=B, Z=3) == 1
    autoencoder.principal_reconstruction(x, normal(9, 64, seed=1), code=3)
    assert 0 < autoencoder.variance_outside(x, normal(3, 64, seed=2) / 16) < 1


def run_vae() -> None:
    model = seeded(lambda: vae.VAE(hidden=F, latent=3), 0)
    _, trace = model(normal(B, 64, seed=0), normal(B, 3, seed=1))
    assert check_fields(trace, B=B, Z=3) == 3
    assert model.importance_log_likelihood(normal(B, 64, seed=0), normal(S, B, 3, seed=2)).shape == (B,)
    decoded, latent = normal(11, 64, seed=3), normal(11, 3, seed=4)
    assert vae.grid_log_likelihood(normal(B, 64, seed=0), decoded, latent, cell=0.1).shape == (B,)


TEXT = {"B": B, "T": T, "D": D, "H": H, "F": F}
CASES = [
    pytest.param([encoder, pretraining_heads, feed_forward], run_encoder, TEXT | {"V": V}, id="encoder"),
    pytest.param([masking], run_masking, TEXT, id="masking"),
    pytest.param([encoder_decoder, cross], run_encoder_decoder, TEXT | {"S": S, "V": V, "K": K}, id="encoder_decoder"),
    pytest.param([transduction], run_transduction, {"B": B}, id="transduction"),
    pytest.param([selective_scan, mamba], run_mamba, {"B": B, "T": T, "C": C, "N": N}, id="mamba"),
    pytest.param([fixed_block], run_fixed_block, {"B": B, "T": T, "C": C}, id="fixed_block"),
    pytest.param([retention], run_retention, TEXT | {"Z": T, "K": K}, id="retention"),
    pytest.param([gru], run_gru, {"B": B, "D": D}, id="gru"),
    pytest.param([sequence_model], run_sequence_model, {"B": B, "T": T, "D": 64}, id="sequence_model"),
    pytest.param([symbol_sequences], run_symbols, {"B": B}, id="symbol_sequences"),
    pytest.param([vision_transformer], run_vision, {"B": B, "D": D}, id="vision_transformer"),
    pytest.param([diffusion_transformer], run_diffusion_transformer, {"B": B, "D": D, "N": 8, "T": 16}, id="dit"),
    pytest.param([digit_cnn], run_digit_cnn, {"B": B, "C": 3, "N": 8, "Y": 10}, id="digit_cnn"),
    pytest.param([autoencoder], run_autoencoder, {"B": B, "Z": 3, "P": 64}, id="autoencoder"),
    pytest.param([vae], run_vae, {"B": B, "Z": 3, "F": F, "G": 11}, id="vae"),
]


@pytest.mark.parametrize(("modules", "run", "sizes"), CASES)
def test_shape_comments_are_true(modules, run, sizes):
    with shapes_checked(*modules, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()
