"""Hyena: hand-computed convolutions, causality, its card, its data, and shape comments executed."""

import math

import pytest
import torch

from models.checkpoints import load_card
from models.cost.convolution_cost import direct_work, fft_work
from models.data import keys_said_again
from models.seeding import generator, normal, seeded
from models.statespace import hyena, hyena_changes
from models.training import hyena_pairs
from tests.shape_comments import check_fields, shapes_checked

B, T, D, V, F = 2, 7, 6, 11, 9


def test_convolutions_agree_and_only_the_circular_one_sees_the_future():
    h, x = normal(T, D, seed=0), normal(B, T, D, seed=1)
    expected = torch.stack([sum(h[t - s] * x[:, s] for s in range(t + 1)) for t in range(T)], dim=1)
    for convolve in (hyena.direct, hyena.padded, hyena.padded_twice):
        torch.testing.assert_close(convolve(h, x), expected, atol=1e-5, rtol=1e-5)
    around = torch.stack([sum(h[(t - s) % T] * x[:, s] for s in range(T)) for t in range(T)], dim=1)
    torch.testing.assert_close(hyena.circular(h, x), around, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("convolve", "causal"), [(hyena.padded, True), (hyena.circular, False)])
def test_hyena_sees_the_future_only_without_padding(convolve, causal):
    layer = seeded(lambda: hyena.Hyena(D, T, convolve=convolve), 0)
    layer.filter.start()
    x = normal(B, T, D, seed=0)
    other = x.clone()
    other[:, -1] += 1
    assert torch.allclose(layer(x)[0][:, :-1], layer(other)[0][:, :-1], atol=1e-5) is causal


def test_bounded_gates_are_tanh_of_the_gates():
    layer = seeded(lambda: hyena_changes.BoundedHyena(D, T), 0)
    gate, z = normal(B, T, D, seed=0), normal(B, T, D, seed=1)
    torch.testing.assert_close(layer.gated(gate, z), torch.tanh(gate) * z)
    bounded, plain = hyena_pairs.bounded("padded", 0), hyena_pairs.pretrained("padded", 0)
    assert all(map(torch.equal, bounded.state_dict().values(), plain.state_dict().values()))


def test_a_shorter_text_has_the_beginning_of_the_same_filter():
    layer = seeded(lambda: hyena.Hyena(D, T), 0)
    layer.filter.start()
    x = normal(B, T, D, seed=0)
    torch.testing.assert_close(layer(x[:, :4])[0], layer(x)[0][:, :4], atol=1e-5, rtol=1e-5)


def test_operations_of_convolutions():
    assert direct_work(4) == 2 * (1 + 2 + 3 + 4)
    assert fft_work(8) == 15 * 16 * 4 + 6 * 16


def test_the_least_loss_of_pairs():
    pairs = keys_said_again.texts(50, 12, generator(0))
    values = pairs.entropy[:, 1::2]
    assert (pairs.entropy[:, ::2] == torch.tensor(math.log(keys_said_again.KEYS))).all()
    for ids, row in zip(pairs.ids[:10], values[:10], strict=True):
        seen: dict[int, int] = {}
        for key, value, least in zip(ids[::2].tolist(), ids[1::2].tolist(), row.tolist(), strict=True):
            assert (least == 0) is (key in seen)
            assert seen.setdefault(key, value) == value


def run_hyena() -> None:
    layer = seeded(lambda: hyena.Hyena(D, T), 0)
    _, trace = layer(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, T=T, D=D, N=2) == 4
    hyena.direct(normal(T, D, seed=0), normal(B, T, D, seed=1))


def run_pairs() -> None:
    assert check_fields(keys_said_again.texts(B, 5, generator(0)), B=B, T=10) == 2


@pytest.mark.parametrize("name", hyena_pairs.CHECKPOINTS)
def test_cards(name):
    assert hyena_pairs.CHECKPOINTS[name].measured() == pytest.approx(load_card(name)["metrics"], abs=0.02)


@pytest.mark.parametrize(
    ("module", "run", "sizes"),
    [
        (hyena, run_hyena, {"D": D}),
        (keys_said_again, run_pairs, {"B": B}),
    ],
)
def test_shape_comments(module, run, sizes):
    with shapes_checked(module, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()
