"""How digits that a model draws are judged, and the classifier that judges them."""

from functools import partial

import torch
from torch import Tensor

from models.data.digits import Digits
from models.generative.denoiser import T, denoising_loss, noise_predictor, trained_alpha_bar
from models.generative.diffusion import ddim_step, reverse
from models.generative.digit_classifier import DigitClassifier
from models.generative.digit_unet import DigitUNet
from models.generative.distances import frechet_distance, nearest_distance, within_class_variance
from models.generative.noise_schedule import strided
from models.seeding import generator, normal

LIMIT = 1.0


def sampled(model: DigitUNet, label: Tensor, steps: int, guidance: float, seed: int) -> Tensor:
    """One digit a label, by DDIM from noise.  (B, 1, N, N)"""
    alpha_bar, draws = trained_alpha_bar(), generator(seed)
    noise = torch.randn(len(label), 1, 8, 8, generator=draws).to(label.device)
    predict = noise_predictor(model, label, guidance, alpha_bar)
    *_, last = reverse(predict, noise, alpha_bar, strided(T, steps), ddim_step, draws, LIMIT)
    return last.x


@torch.inference_mode()
def measured_judge(judge: DigitClassifier, held_out: Digits) -> dict[str, float]:
    logits, _ = judge(held_out.images)
    return {"held_out_accuracy": round((logits.argmax(1) == held_out.labels).float().mean().item(), 4)}


@torch.inference_mode()
def measured(
    model: DigitUNet, judge: DigitClassifier, learned: Digits, held_out: Digits, a_class: int = 40
) -> dict[str, float]:
    """What 50 DDIM steps draw: recognised as asked, near the held-out digits as a set, varied, and no copies."""
    label = torch.arange(10, device=held_out.labels.device).repeat(a_class)
    drawn = {guidance: sampled(model, label, 50, guidance, seed=104) for guidance in (0.0, 1.0, 2.0)}
    asked = {g: (judge(x)[0].argmax(1) == label).float().mean().item() for g, x in drawn.items()}
    features = {
        name: judge(x)[1].features
        for name, x in [("drawn", drawn[1.0]), ("held out", held_out.images), ("learned", learned.images)]
    }
    nearest = partial(nearest_distance, y=learned.images)
    real_variance = within_class_variance(learned.images, learned.labels)
    metrics = {
        "recognised_share": asked[1.0],
        "recognised_share_guidance_2": asked[2.0],
        "recognised_share_guidance_0": asked[0.0],
        "frechet_distance": frechet_distance(features["drawn"], features["held out"]).item(),
        "frechet_distance_of_data": frechet_distance(features["learned"], features["held out"]).item(),
        "spread_ratio": (within_class_variance(drawn[1.0], label) / real_variance).item(),
        "spread_ratio_guidance_2": (within_class_variance(drawn[2.0], label) / real_variance).item(),
        "nearest_learned_ratio": (nearest(drawn[1.0]).median() / nearest(held_out.images).median()).item(),
        "held_out_loss": held_out_loss(model, held_out),
    }
    return {name: round(value, 4) for name, value in metrics.items()}


@torch.inference_mode()
def held_out_loss(model: DigitUNet, held_out: Digits, rounds: int = 8) -> float:
    """The denoising loss over the held-out digits at evenly spread times, always with the same noise."""
    images, labels = held_out.images.repeat(rounds, 1, 1, 1), held_out.labels.repeat(rounds)
    t = torch.linspace(1, T, len(images)).round().long().to(images.device)
    noise = normal(*images.shape, seed=105).to(images)
    alpha_bar = trained_alpha_bar().to(images)
    return denoising_loss(model, images, labels, t, noise, alpha_bar).mean().item()
