"""What the page on the diffusion transformer says beyond its claims."""

from itertools import pairwise

import torch

from app.experiments.generative.patch_denoisers.run import GATE_TIMES, SIDES, gates_by_time, losses
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
    assert (by_time[-1] > by_time[GATE_TIMES.index(500)]).all()


def test_the_unet_is_as_large_and_half_as_expensive():
    sizes = {arm: parameter_count(pretrained(arm, 0)) for arm in ("patch 1", "patch 2", "patch 4", "U-Net")}
    assert max(sizes.values()) < 1.1 * min(sizes.values())
    assert TRAININGS == 5
    metrics = runs_of("diffusion-transformer").metrics()({})
    assert metrics["loss_unet"] < metrics["loss_patch_1"]
    assert torch.isfinite(torch.tensor(list(metrics.values()))).all()
