"""What the trained networks make of all digits, and how well a line reads the digit from it."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from app.experiments.memo import memo
from models.contrastive.latent_prediction import LatentPrediction
from models.data.digits import digits
from models.data.patch_masks import GRID, textured
from models.seeding import generator, seeded
from models.training.hidden_patches import SIDE, TEXTURE, pretrained, started
from models.transformer.vision_transformer import patches

RIDGE = 1.0


def every(count: int) -> Tensor:
    """All patches of each image.  (B, T)"""
    return torch.arange(GRID * GRID).expand(count, -1)


def network(arm: str, texture: str, training: int) -> LatentPrediction:
    return pretrained(arm + ("_textured" if texture == "noise" else ""), training)


@memo
@torch.inference_mode()
def seen_digits(texture: str) -> tuple[Tensor, Tensor]:
    """Patches of the digits for training and of those held out, with their texture.  (M, T, P), (Q, T, P)"""
    draws, strength = generator(5), TEXTURE if texture == "noise" else 0.0
    return tuple(patches(textured(half.images, strength, draws), SIDE) for half in digits())  # type: ignore[return-value]


@memo
@torch.inference_mode()
def known_vectors(texture: str, training: int) -> Tensor:
    """What the target encoder makes of the digits for training, whole.  (M, T, D)"""
    x = seen_digits(texture)[0]
    return network("latent", texture, training).target(x, every(len(x)))


def named_by_a_line(given: Tensor, y: Tensor, asked: Tensor, wanted: Tensor) -> float:
    """Share of the asked rows that least squares on the given ones (M, D) names rightly."""
    mean, scale = given.mean(0), given.std(0) + 1e-6
    rows = lambda part: torch.cat([(part - mean) / scale, torch.ones(len(part), 1)], 1)  # (M, D + 1)
    A = rows(given)
    W = torch.linalg.solve(A.T @ A + RIDGE * torch.eye(A.shape[1]), A.T @ one_hot(y, 10).float())
    return ((rows(asked) @ W).argmax(1) == wanted).float().mean().item()


@memo
@torch.inference_mode()
def probe(features: str, texture: str, training: int) -> float:
    """Share of held-out digits named from the mean vector of their patches."""
    given, asked = seen_digits(texture)
    if features == "untrained":
        model = seeded(LatentPrediction, training)
        started(model)
    else:
        model = network(features, texture, training)
    encoder = model.context if features == "pixels" else model.target
    mean = lambda x: encoder(x, every(len(x))).mean(1)  # (B, D)
    return named_by_a_line(mean(given), digits()[0].labels, mean(asked), digits()[1].labels)
