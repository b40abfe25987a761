"""The shape comments of language, tuning and training code, executed on models of small sizes that all differ."""

import pytest
import torch

from models.attention import fitted_heads, fused
from models.attention.masks import causal_mask
from models.data import corpus
from models.data.digits import Digits
from models.generative.vae import VAE
from models.language import chat_turns, generation, translation
from models.layers import token_shift
from models.position import rope_rules
from models.routing import expert_parallel
from models.seeding import generator, normal, seeded
from models.training import digit_vae, masked_encoder, narrow_heads, offset_copiers
from models.training.side_by_side import SideBySide
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.tuning import direct_preference, reward
from tests.shape_comments import shapes_checked

CONFIG = DecoderConfig(vocabulary=37, width=18, layers=3, heads=6, kv_heads=2, head_width=4, hidden=11, context=64)


def decoder() -> Decoder:
    return seeded(lambda: Decoder(CONFIG), 0)


def test_fitted_heads():
    H, G, K, D = 6, 2, 4, 7
    to_q, to_k, to_v, to_out = (normal(shape, seed=0) for shape in [(H * K, D)] * 3 + [(D, H * K)])
    x = normal((50, D), seed=1)
    with shapes_checked(fitted_heads.shared_keys, G=G, F=K // 2, D=D, n=H // G) as watch:
        fitted_heads.shared_keys(to_q, to_k, x.T @ x, H, G)
    assert watch.unreached() == []
    with shapes_checked(fitted_heads.shared_values) as watch:
        fitted_heads.shared_values(to_v, to_out, x.T @ x, H, G)
    assert watch.unreached() == []


def test_fused_attention():
    q, k, v = (normal((2, 3, 5, 4), seed=seed) for seed in range(3))
    with shapes_checked(fused, B=2, H=3, T=5, K=4) as watch:
        fused.fused(q, k, v, causal_mask(5))
    assert watch.unreached() == []


def test_samples_in_a_batch():
    with shapes_checked(corpus.padded) as watch:
        ids, answers = corpus.padded(corpus.questions("chat", 3, 0, "held_out"))
    assert watch.unreached() == []
    assert ids.shape == answers.shape
    assert len(ids) == 3


def test_chat_turns():
    with shapes_checked(chat_turns, B=2, T=5) as watch:
        chat_turns.is_reply(torch.arange(10).view(2, 5))
        chat_turns.with_one_end(normal((2, 5, 1024), seed=0))
    assert watch.unreached() == []


def test_generation():
    with shapes_checked(generation.generate, B=2) as watch:
        list(generation.generate(decoder(), torch.arange(10).view(2, 5), steps=2))
    assert watch.unreached() == []


def test_beam_search():
    with shapes_checked(generation.beam_search, V=37) as watch:
        list(generation.beam_search(decoder(), torch.arange(5), width=3, steps=2))
    assert watch.unreached() == []


def test_translation():
    config = EncoderDecoderConfig(vocabulary=41, width=12, layers=2, heads=3, hidden=11)
    model = seeded(lambda: EncoderDecoder(config), 0)
    source, target = (
        torch.randint(5, 41, (4, 7), generator=generator(0)),
        torch.randint(5, 41, (4, 6), generator=generator(1)),
    )
    with torch.no_grad(), shapes_checked(translation.judged, N=4, T=5, S=7, L=2, H=3) as watch:
        translation.judged(model, source, target, model.encode(source))
    assert watch.unreached() == []


def test_token_shift():
    with shapes_checked(token_shift, B=2, T=5, D=3) as watch:
        seeded(lambda: token_shift.TokenShift(3), 0)(normal((2, 5, 3), seed=0))
    assert watch.unreached() == []


def test_angles_as_cached():
    with shapes_checked(rope_rules.angles_as_cached, T=5, P=4) as watch:
        rope_rules.angles_as_cached(torch.arange(5), 8, 4.0, 2, 10_000.0)
    assert watch.unreached() == []


def test_traffic_between_devices():
    chosen = torch.randint(6, (11, 2), generator=generator(0))
    with shapes_checked(expert_parallel.traffic, N=11, k=2) as watch:
        expert_parallel.traffic(chosen, torch.ones_like(chosen, dtype=torch.bool), torch.arange(11) % 3, 6, 3)
    assert watch.unreached() == []


def test_the_digit_vae_s_card():
    held_out = Digits(normal((5, 1, 8, 8), seed=0), torch.arange(5))
    with shapes_checked(digit_vae, S=digit_vae.SAMPLES, B=5, Z=digit_vae.LATENT) as watch:
        digit_vae.measured(seeded(lambda: VAE(latent=digit_vae.LATENT), 0), held_out)
    assert watch.unreached() == []


def test_masked_recall(monkeypatch: pytest.MonkeyPatch):
    few = masked_encoder.STATEMENTS | {relation: forms[:1] for relation, forms in masked_encoder.STATEMENTS.items()}
    monkeypatch.setattr(masked_encoder, "STATEMENTS", few)
    model = seeded(lambda: masked_encoder.PretrainingEncoder(masked_encoder.CONFIG), 0)
    with torch.no_grad(), shapes_checked(masked_encoder.masked_recall, T=masked_encoder.CONFIG.context) as watch:
        masked_encoder.masked_recall(model, "often")
    assert watch.unreached() == []


def test_lookups():
    relation = torch.eye(narrow_heads.WORDS, dtype=torch.bool)
    with shapes_checked(narrow_heads.lookups, B=3, N=narrow_heads.WORDS) as watch:
        narrow_heads.lookups(relation, 3, generator(0))
    assert watch.unreached() == []


def test_loss_of_copiers():
    models = SideBySide([seeded(lambda: offset_copiers.copier(2, 2), seed) for seed in range(offset_copiers.TRAININGS)])
    with shapes_checked(offset_copiers.loss_of) as watch:
        offset_copiers.loss_of(models, 2, 3, generator(0))
    assert watch.unreached() == []


def test_tuning():
    ids, reply = torch.arange(10).view(2, 5), torch.ones(2, 5, dtype=torch.bool)
    model = reward.RewardModel(decoder())
    with torch.no_grad(), shapes_checked(direct_preference, reward, B=2, T=5, D=18) as watch:
        direct_preference.reply_log_probability(decoder()(ids)[0], ids, reply)
        model(ids, torch.tensor([4, 2]))
    assert [line for line in watch.unreached() if "reply_log" in line or "forward" in line] == []
