"""WaveNet by hand, its reach, and that generating sample by sample is running the whole network."""

import pytest
import torch

from models.checkpoints import load_card
from models.convolution import wavenet, wavenet_generation
from models.convolution.pretrained_wavenets import GROWING, tone_net
from models.convolution.wavenet_generation import generate
from models.data.waveforms import PITCHES, TONE_LEVELS, tones
from models.seeding import generator, normal, seeded
from models.tokenization.mu_law import decode
from models.training.wavenets import CHECKPOINTS, spectral_peak
from tests.shape_comments import shapes_checked


def test_causal_convolution_by_hand() -> None:
    x = torch.tensor([[[1.0], [2.0], [3.0], [4.0]]])
    w = torch.tensor([[[10.0, 1.0]]])
    assert wavenet.causal_convolution(x, w, 2).flatten().tolist() == [1, 2, 13, 24]
    assert wavenet.causal_convolution(x, w, 7).flatten().tolist() == [1, 2, 3, 4]


def test_gate_by_hand() -> None:
    z = wavenet.gated_activation(torch.tensor([0.0, 100.0, 100.0]), torch.tensor([5.0, 0.0, -100.0]))
    assert z.tolist() == pytest.approx([0, 0.5, 0], abs=1e-6)


@pytest.mark.parametrize("dilations", [GROWING, GROWING[::-1], (1,) * 7, (3, 1, 5)])
def test_the_reach_is_the_receptive_field(dilations: tuple[int, ...]) -> None:
    model = seeded(lambda: wavenet.WaveNet(16, 16, dilations), 0)
    x = normal(1, 150, 16, seed=0).requires_grad_()
    model.predict(x, torch.zeros(1, dtype=torch.long))[0][0, -1].sum().backward()
    reached = x.grad[0].abs().sum(dim=1).flip(0).nonzero()
    assert int(reached[-1]) + 1 == wavenet.receptive_field(dilations) == 1 + sum(dilations)


@pytest.mark.parametrize("heard", [1, 3, 90])
def test_generating_is_running_the_whole_network(heard: int) -> None:
    model = seeded(tone_net, 1)
    labels = torch.arange(len(PITCHES))
    codes = torch.randint(TONE_LEVELS, (len(PITCHES), heard), generator=generator(0))
    made = generate(model, codes, labels, 20, generator(1), temperature=0)
    for step in range(20):
        whole = torch.cat([codes, made[:, :step]], dim=1)
        assert torch.equal(model(whole, labels)[0][:, -1].argmax(dim=-1), made[:, step])


def test_a_label_shifts_both_branches() -> None:
    model = seeded(tone_net, 2)
    codes = torch.randint(TONE_LEVELS, (1, 12), generator=generator(0)).expand(2, -1)
    _, traces = model(codes, torch.tensor([0, 3]))
    layer = model.layers[0]
    for part, table in ((traces[0].filter, layer.v_f), (traces[0].gate, layer.v_g)):
        difference = (table.weight[3] - table.weight[0]).expand(12, -1)
        torch.testing.assert_close(part[1] - part[0], difference, atol=1e-5, rtol=1e-4)


def test_waveforms() -> None:
    labels = torch.arange(len(PITCHES))
    peaks = spectral_peak(decode(tones(labels, 2000, generator(1)), 63.0, TONE_LEVELS))
    torch.testing.assert_close(peaks, torch.tensor(PITCHES), rtol=0.02, atol=0)


def test_shape_comments() -> None:
    codes, labels = torch.zeros(4, 9, dtype=torch.long), torch.arange(4)
    with shapes_checked(wavenet, B=4, T=9, C=16) as watch:
        seeded(tone_net, 0)(codes, labels)
    assert not watch.unreached()
    with shapes_checked(wavenet_generation, B=4, C=16) as watch:
        generate(seeded(tone_net, 0), codes, labels, 2, generator(0))
    assert not watch.unreached()


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_card_says_what_its_models_do(name: str) -> None:
    """Each model draws its sound at random; a sum that is rounded otherwise may draw another."""
    now, told = CHECKPOINTS[name].measured(), load_card(name)["metrics"]
    assert now.keys() == told.keys()
    assert {k: v for k, v in now.items() if k.startswith("loss")} == pytest.approx(
        {k: v for k, v in told.items() if k.startswith("loss")}, abs=0.02
    )
