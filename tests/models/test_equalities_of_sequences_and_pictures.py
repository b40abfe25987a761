"""What must hold exactly in encoders, denoisers, autoencoders and preference losses, whatever the weights."""

import math

import pytest
import torch

from models.attention.masks import causal_mask
from models.generative.autoencoder import principal_reconstruction
from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.digit_unet import DigitUNet
from models.generative.vae import VAE, elbo, gaussian_kl, log_likelihood, log_normal, reparameterised
from models.seeding import generator, normal, seeded
from models.statespace.sequence_model import KINDS, sequence_model
from models.transformer.encoder import Encoder, EncoderConfig, padding_mask
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.vision_transformer import patches, unpatched
from models.tuning.direct_preference import dpo_loss, implicit_reward, reply_log_probability
from models.tuning.reward import preference_loss, preference_probability

T, V = 6, 40


def tokens(rows: int, length: int, seed: int) -> torch.Tensor:
    return torch.randint(20, V, (rows, length), generator=generator(seed))


def test_a_later_word_changes_earlier_vectors_unless_the_mask_is_causal():
    model = seeded(lambda: Encoder(EncoderConfig(V, 12, 2, 3, 16, T)), 0)
    ids = tokens(1, T, 0)
    other = ids.clone()
    other[0, -1] = (ids[0, -1] - 19) % 20 + 20
    assert not torch.allclose(model(ids)[0][:, 0], model(other)[0][:, 0])
    causal = [model(x, mask=causal_mask(T))[0][:, :-1] for x in (ids, other)]
    torch.testing.assert_close(*causal, atol=0, rtol=0)


def test_padding_is_not_seen():
    model = seeded(lambda: Encoder(EncoderConfig(V, 12, 2, 3, 16, T + 3)), 0)
    ids = tokens(1, T, 0)
    padded = torch.cat([ids, torch.ones(1, 3, dtype=torch.long)], dim=1)
    torch.testing.assert_close(model(padded, mask=padding_mask(padded, 1))[0][:, :T], model(ids)[0])


def test_the_written_text_never_changes_what_was_read():
    model = seeded(lambda: EncoderDecoder(EncoderDecoderConfig(V, 12, 2, 3, 16)), 0)
    source, target = tokens(1, 5, 0), tokens(1, T, 1)
    logits, trace = model(source, target)
    shorter, other = model(source, target[:, :-2])
    torch.testing.assert_close(trace.encoded.states, other.encoded.states, atol=0, rtol=0)
    torch.testing.assert_close(logits[:, :-2], shorter)
    assert not torch.allclose(model(tokens(1, 5, 9), target)[0], logits)


@pytest.mark.parametrize("kind", KINDS)
def test_every_sequence_layer_is_causal(kind):
    model = seeded(lambda: sequence_model(kind, V), 0)
    ids = tokens(2, 9, 0)
    later = torch.cat([ids[:, :5], tokens(2, 4, 1)], dim=1)
    torch.testing.assert_close(model(ids)[0][:, :5], model(later)[0][:, :5])


def test_adaln_zero_starts_as_the_identity_and_random_gates_do_not():
    x, t, label = normal(3, 1, 8, 8, seed=0), torch.tensor([1.0, 500.0, 999.0]), torch.tensor([0, 5, 10])
    random, zero = seeded(DiffusionTransformer, 0), seeded(DiffusionTransformer, 0).start()
    assert zero(x, t, label)[0].abs().max() == 0
    for block in zero(x, t, label)[1].blocks:
        assert block.attention_gate.abs().max() == block.feed_forward_gate.abs().max() == 0
    assert random(x, t, label)[0].abs().max() > 0.1


def test_the_diffusion_transformer_is_as_large_as_the_unet():
    sizes = [sum(p.numel() for p in build().parameters()) for build in (DiffusionTransformer, DigitUNet)]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.001)


def test_patches_can_be_put_back():
    x = normal(2, 3, 8, 8, seed=0)
    torch.testing.assert_close(unpatched(patches(x, 4), 4, 8), x, atol=0, rtol=0)
    torch.testing.assert_close(patches(x, 4)[:, 1, :16], x[:, 0, :4, 4:].flatten(1), atol=0, rtol=0)


def test_the_closed_kl_is_that_of_many_draws():
    mean, log_variance = torch.tensor([[0.7, -1.0]]), torch.tensor([[-0.5, 0.3]])
    z = reparameterised(mean, log_variance, normal(200_000, 2, seed=0))
    drawn = (log_normal(z, mean, log_variance) - log_normal(z, 0.0, 0.0)).mean()
    assert drawn.item() == pytest.approx(gaussian_kl(mean, log_variance).item(), abs=0.01)


def test_more_samples_tighten_the_bound():
    model, x = seeded(VAE, 0), normal(8, 64, seed=0)
    noise = normal(512, 8, 2, seed=1)
    bounds = torch.stack([elbo(x, *model(x, one)) for one in noise]).mean(0)
    few = torch.stack([model.importance_log_likelihood(x, part) for part in noise.split(8)]).mean(0)
    many = model.importance_log_likelihood(x, noise)
    assert (bounds <= few).all()
    assert (few <= many + 1e-3).all()
    drawn, trace = model(x, noise[0])
    torch.testing.assert_close(elbo(x, drawn, trace, beta=0.0), log_likelihood(x, drawn))


def test_principal_components_are_the_best_linear_code():
    x = normal(60, 10, seed=0) * torch.arange(1, 11)
    error = [(x - principal_reconstruction(x, x, code)).square().mean().item() for code in (2, 5, 10)]
    assert error[0] > error[1] > error[2]
    assert error[2] == pytest.approx(0, abs=1e-8)
    spectrum = torch.linalg.svdvals(x - x.mean(0)).square()
    assert error[0] == pytest.approx((spectrum[2:].sum() / x.numel()).item(), rel=1e-4)


def test_preference_losses_are_their_formulas():
    better, worse = torch.tensor([1.0, -0.5]), torch.tensor([0.2, 0.4])
    told = -sum(math.log(1 / (1 + math.exp(-(a - b)))) for a, b in zip(better.tolist(), worse.tolist())) / 2
    assert preference_loss(better, worse).item() == pytest.approx(told, rel=1e-6)
    assert dpo_loss(better, worse).item() == pytest.approx(told, rel=1e-6)
    assert dpo_loss(better, better).item() == pytest.approx(math.log(2))
    assert preference_probability(better + 7, worse + 7).tolist() == pytest.approx(
        preference_probability(better, worse).tolist(), rel=1e-5
    )
    assert implicit_reward(torch.tensor(-3.0), torch.tensor(-5.0), 0.1).item() == pytest.approx(0.2)


def test_the_probability_of_a_reply_is_the_product_of_its_tokens():
    logits, ids = normal(2, 5, 7, seed=0), torch.randint(7, (2, 5), generator=generator(1))
    reply = torch.tensor([[False, False, True, True, False], [False, True, True, True, True]])
    p = logits.softmax(-1)
    for row in range(2):
        product = math.prod(p[row, t - 1, ids[row, t]].item() for t in range(1, 5) if reply[row, t])
        assert reply_log_probability(logits, ids, reply)[row].exp().item() == pytest.approx(product, rel=1e-4)
