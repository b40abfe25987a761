"""Networks that learned the digits 0 to 4, or nothing, and the features that they give."""

from torch import Tensor

from models.convolution.digit_cnn import DigitCNN
from models.seeding import seeded
from models.training.digit_encoders import KINDS, TRAININGS
from models.training.digit_encoders import pretrained as digit_encoder
from models.transformer.vision_transformer import VisionTransformer


def network(encoder: str, labels: str, seed: int, device: str) -> DigitCNN | VisionTransformer:
    if labels == "untrained":
        return seeded(KINDS[encoder], seed, device).eval().requires_grad_(False)
    return digit_encoder(encoder, labels, seed % TRAININGS, device)


def features(model: DigitCNN | VisionTransformer | None, images: Tensor) -> Tensor:
    """What a classifier would read: pooled maps, the class token's vector, or without a network the pixels.  (B, D)"""
    if model is None:
        return images.flatten(1)
    _, trace = model(images)
    if isinstance(model, DigitCNN):
        return trace.second_pooled.flatten(1)
    return model.norm(trace.states[-1][:, 0])


def encoded(encoder: str, labels: str, seed: int, device: str, images: Tensor) -> Tensor:
    return features(None if encoder == "pixels" else network(encoder, labels, seed, device), images)
