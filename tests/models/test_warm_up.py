"""The learning rate of 2017, Adam with a rate for each model, and arms that differ by their rate alone."""

import pytest
import torch

from models.data import tok_sentences
from models.seeding import normal
from models.training.warm_up import TRAININGS, SlowedAdam, curves, learning_rate
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig


def test_the_rate_of_the_paper():
    assert learning_rate(1, 50, peak=1.0) == pytest.approx(1 / 50)
    assert learning_rate(50, 50, peak=1.0) == 1.0
    assert learning_rate(200, 50, peak=1.0) == pytest.approx(0.5)
    assert learning_rate(1, 50, peak=1.0, rises=False) == 1.0
    D, w, s = 64, 4000, 9000
    paper = D**-0.5 * min(s**-0.5, s * w**-1.5)
    assert learning_rate(s, w, peak=D**-0.5 * w**-0.5) == pytest.approx(paper)


def test_adam_side_by_side_is_torchs():
    ours, theirs = (normal(2, 5, 3, seed=0) for _ in range(2))
    parts = [theirs[0].clone().requires_grad_(), theirs[1].clone().requires_grad_()]
    rates = torch.tensor([0.1, 0.01])
    torchs = [
        torch.optim.Adam([p], lr=r.item(), betas=(0.9, 0.98), eps=1e-9) for p, r in zip(parts, rates, strict=True)
    ]
    adam = SlowedAdam([ours])
    for step in range(4):
        gradient = normal(2, 5, 3, seed=step + 1)
        adam.update((gradient,), rates)
        for part, g, one in zip(parts, gradient, torchs, strict=True):
            part.grad = g
            one.step()
    torch.testing.assert_close(ours, torch.stack([p.detach() for p in parts]))


def test_arms_of_a_training_differ_by_their_rate_alone():
    small = EncoderDecoderConfig(tok_sentences.SYMBOLS, 8, layers=1, heads=2, hidden=8)
    warm, none = curves(lambda: EncoderDecoder(small), (True, False), 20)
    assert warm.shape == (TRAININGS, 2)
    torch.testing.assert_close(warm[:, 0], none[:, 0], atol=0.5, rtol=0)
    assert bool((none[:, 1] < warm[:, 1]).all())  # the full rate from the first step on learns faster at one layer
