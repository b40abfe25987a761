"""Small denoisers: the U's two arms, held vectors, starts, distances within a class, and counted multiplications."""

import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from models.checkpoints import load_card
from models.cost.denoiser_cost import dit_multiplications, patch_count, unet_multiplications
from models.data.digits import digits
from models.generative.diffusion_transformer import VECTORS, DiffusionTransformer, DiTBlock
from models.generative.digit_unet import DigitUNet
from models.generative.distances import mean_pair_distances
from models.parameter_count import parameter_count
from models.seeding import normal, seeded
from models.training.denoiser_arms import BUILDS, SIZES, started
from models.training.denoiser_measures import gate_sizes, held_out_loss
from models.training.small_denoisers import NAME, SHIPPED, TRAININGS, pretrained, recorded

X, TIME, LABEL = normal(2, 1, 8, 8, seed=0), torch.tensor([3.0, 700.0]), torch.tensor([4, 10])


def test_the_two_arms_of_the_u_make_its_forward():
    model = seeded(lambda: DigitUNet((4, 6, 8), embedding=6, groups=2, dropout=0.0), 0)
    v, trace = model(X, TIME, LABEL)
    embedding = model.embedded(TIME, LABEL)
    skips, middle = model.contract(X, embedding)
    torch.testing.assert_close(model.expand(middle, skips, embedding)[0], v)
    assert [one.shape[-1] for one in skips] == [8, 4]
    assert middle.shape == trace.middle.shape == (2, 8, 2, 2)
    other = model.expand(middle, (skips[0].flip(0), skips[1]), embedding)[0]
    assert not torch.allclose(other, v, atol=1e-3)


def test_a_held_vector_no_longer_follows_the_condition():
    block = seeded(lambda: DiTBlock(6, 2, 8), 0)
    for name in VECTORS:
        block.hold(name, 0.5)
        rows = block.to_modulation(normal(3, 6, seed=1)).chunk(6, dim=-1)[VECTORS.index(name)]
        assert (rows == 0.5).all()
    gated = seeded(lambda: DiTBlock(6, 2, 8), 0)
    h, c = normal(2, 5, 6, seed=2), normal(2, 6, seed=3)
    gated.hold("gate", 0.0)
    gated.hold("feed-forward gate", 0.0)
    assert torch.equal(gated(h, c)[0], h)


@pytest.mark.parametrize("arm", BUILDS)
def test_starts_are_as_the_arm_says(arm):
    model = started(arm, 1)
    assert parameter_count(model) == pytest.approx(parameter_count(started("patch 2", 1)), rel=0.06)
    if isinstance(model, DiffusionTransformer):
        opened = 1.0 if "gates" in arm else 0.0
        assert (gate_sizes(model, LABEL, TIME) == opened).all()
        assert model(X, TIME, LABEL)[0].abs().max() == 0
        scale = model.blocks[0].to_modulation(normal(1, SIZES["width"], seed=0)).chunk(6, dim=-1)[0]
        assert (scale == (1.0 if "scales" in arm else 0.0)).all()


def test_starts_differ_in_these_vectors_alone():
    zero, one = (started(arm, 2).state_dict() for arm in ("patch 2", "patch 2, gates start at 1"))
    assert {name for name in zero if not torch.equal(zero[name], one[name])} == {
        f"blocks.{block}.to_modulation.bias" for block in range(SIZES["layers"])
    }


def test_the_cards_loss_of_the_first_training_is_measured_again_and_ends_its_record():
    metrics, held_out = load_card(NAME)["metrics"], digits()[1]
    for arm in ("patch 4", "U-Net"):
        now, name = held_out_loss(pretrained(arm, 0), held_out), arm.replace(" ", "_")
        assert metrics[f"lowest_loss_{name}"] - 1e-3 <= now <= metrics[f"highest_loss_{name}"] + 1e-3
        assert recorded(arm)[0][-1, 0].item() == pytest.approx(now, abs=2e-3)
    assert {len(recorded(arm)[0][0]) for arm in BUILDS} == {TRAININGS}
    assert set(SHIPPED) < set(BUILDS)


def test_patches_and_multiplications_are_as_torch_counts_them():
    assert [patch_count(8, side) for side in (1, 2, 4)] == [64, 16, 4]
    for side in (1, 2, 4):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            pretrained(f"patch {side}", 0)(X[:1], TIME[:1], LABEL[:1])
        D, F, L = SIZES["width"], SIZES["hidden"], SIZES["layers"]
        assert dit_multiplications(patch_count(8, side), side, D, F, L) * 2 == counter.get_total_flops()
    for unet in (pretrained("U-Net", 0), seeded(lambda: DigitUNet((4, 6, 8), embedding=6, groups=2), 0).eval()):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            unet(X[:1], TIME[:1], LABEL[:1])
        assert unet_multiplications(unet, 8) * 2 == counter.get_total_flops()


def test_distances_within_a_class_by_hand():
    x = torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0], [0.0, 1.0], [0.0, 4.0]])
    found = mean_pair_distances(x, torch.tensor([0, 0, 1, 1, 1]))
    torch.testing.assert_close(found, torch.tensor([5.0, 2.0]), atol=1e-5, rtol=1e-5)
    single = mean_pair_distances(x[:1], torch.tensor([0]))
    assert math.isnan(single.item())
