"""Serves diffusion-transformer alone: what it compares are small transformers by patch size and by how gates start."""

from app.experiments.base import Experiment
from app.experiments.generative.patch_denoisers.figures import figures
from app.experiments.generative.patch_denoisers.run import PatchDenoiserControls, measure, run

EXPERIMENT = Experiment(
    PatchDenoiserControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_patch_1": "patches of 1 pixel: held-out loss, per pixel",
        "loss_patch_2": "patches of 2 × 2: held-out loss, per pixel",
        "loss_patch_4": "patches of 4 × 4: held-out loss, per pixel",
        "loss_unet": "U-Net: held-out loss, per pixel",
        "patch_gap": "loss with patches of 4 minus loss with patches of 1",
        "cost_patch_1_over_4": "multiplications per image, patches of 1 over patches of 4",
        "early_lead": "steps 160 to 400: loss with patches of 4 minus loss with patches of 2",
        "final_lead": "last step: loss with patches of 4 minus loss with patches of 2",
        "start_change": "before training: largest change made by a block",
        "feed_forward_gate_at_80": "size of feed-forward gates after 80 steps",
        "attention_gate_at_80": "size of attention gates after 80 steps",
        "feed_forward_over_attention_gate": "after 80 steps, feed-forward gates over attention gates",
        "attended_patches_at_1000": "at t = 1000: patches that a patch attends to, of 16",
        "attended_patches_at_1": "at t = 1: patches that a patch attends to, of 16",
        "attended_distance": "mean distance attended to, pixels",
        "uniform_distance": "mean distance with uniform weights, pixels",
        "training_steps": "training steps",
    },
)
