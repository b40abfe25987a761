"""What the page on the diffusion transformer says beyond its claims."""

from itertools import pairwise

import torch

from app.experiments.generative.patch_denoisers.altered import losses
from app.experiments.generative.patch_denoisers.by_noise import (
    QUERY,
    SIDES,
    TIMES,
    attended,
    gates_by_time,
    sheet_of,
)
from models.parameter_count import parameter_count
from models.training.small_denoisers import TRAININGS, pretrained, recorded
from tests.entries.evidence import runs_of

SEED = 4


def test_every_training_with_finer_patches_ends_lower_and_the_unet_lowest():
    found = [losses(network, "nothing", SEED, "cpu") for network in ("patch 4", "patch 2", "patch 1", "U-Net")]
    for coarser, finer in pairwise(found):
        assert coarser.mean() - finer.mean() > 0.008
        assert (coarser > finer.mean()).all()


def test_held_scales_keep_the_order_and_closed_attention_turns_it_round():
    closed = [losses(f"patch {side}", "attention gates", SEED, "cpu").mean() for side in SIDES]
    assert closed[0] > closed[1] > closed[2]
    assert losses("patch 1", "scales", SEED, "cpu").mean() < losses("patch 4", "scales", SEED, "cpu").mean()


def test_what_gates_at_1_cost_has_almost_gone_at_the_end():
    late = (recorded("patch 2, gates start at 1")[0] - recorded("patch 2")[0])[-1]
    early = (recorded("patch 2, gates start at 1")[0] - recorded("patch 2")[0])[4]
    assert early.mean() > 0.015
    assert abs(late.mean()) < 2 * recorded("patch 2")[0][-1].std() + 0.003


def test_feed_forward_gates_open_further_in_every_training_and_block():
    gates = recorded("patch 2")[1]
    assert (gates[1:, :, :, 1] > gates[1:, :, :, 0]).float().mean() > 0.95
    assert (gates[1].mean(dim=0)[:, 1] > 1.4 * gates[1].mean(dim=0)[:, 0]).all()


def test_trained_gates_open_more_at_the_noisiest_level_than_in_the_middle():
    by_time = gates_by_time("cpu")
    assert (by_time[-1] > by_time[TIMES.index(500)]).all()


def test_the_unet_is_as_large_and_half_as_expensive():
    sizes = {arm: parameter_count(pretrained(arm, 0)) for arm in ("patch 1", "patch 2", "patch 4", "U-Net")}
    assert max(sizes.values()) < 1.1 * min(sizes.values())
    assert TRAININGS == 5
    metrics = runs_of("diffusion-transformer").metrics()({})
    assert metrics["loss_unet"] < metrics["loss_patch_1"]
    assert torch.isfinite(torch.tensor(list(metrics.values()))).all()


def test_with_patches_of_2_and_of_4_attention_narrows_with_noise_and_with_patches_of_1_it_does_not():
    share = {side: attended(side, "nothing", SEED, "cpu").patches.mean(dim=2) / (8 // side) ** 2 for side in SIDES}
    noisy, clean = ({side: one[:, TIMES.index(t)] for side, one in share.items()} for t in (1000, 1))
    for side, left in ((2, 0.65), (4, 0.85)):  # in every training
        assert (noisy[side] < left * clean[side]).all()
    assert 0.45 < noisy[2].mean() < 0.53
    assert (share[2].mean(dim=0).diff() < 0).all()
    assert 0.8 < (noisy[1].mean() / clean[1].mean()) < 1.1


def test_what_is_attended_to_is_about_as_far_away_as_with_uniform_weights():
    metrics = runs_of("diffusion-transformer").metrics()({})
    distance = attended(2, "nothing", SEED, "cpu").distance
    assert (distance / metrics["uniform_distance"] - 1).abs().max() < 0.08


def test_maps_of_the_sheet_are_weights_and_predictions_near_the_end_are_the_digit():
    images, attention = sheet_of(6, "nothing", SEED, "cpu")
    assert torch.allclose(attention.sum(dim=(-2, -1)), torch.ones(attention.shape[:2]))
    assert attention[0, 0].flatten()[QUERY] == attention[0, 0, 1, 1]
    assert (images[-1, 1:] - images[-1, 0]).abs().max() < 0.1
    assert not torch.allclose(images[0, 1:], images[-1, 1:], atol=0.5)
