"""The trained networks on digits and points, each loaded once a process and device; share them, do not train them."""

from functools import cache

from models.checkpoints import restored
from models.convolution.digit_cnn import DigitCNN
from models.data.points import POINT_SETS
from models.generative.autoencoder import Autoencoder
from models.generative.diffusion_transformer import DiffusionTransformer
from models.generative.digit_classifier import DigitClassifier
from models.generative.digit_unet import DigitUNet
from models.generative.point_denoiser import PointDenoiser
from models.generative.vae import VAE
from models.transformer.vision_transformer import VisionTransformer


@cache
def digit_denoiser(device: str = "cpu") -> DigitUNet:
    return restored(DigitUNet, "digit_denoiser", device)


@cache
def digit_dit(device: str = "cpu") -> DiffusionTransformer:
    return restored(DiffusionTransformer, "digit_dit", device)


@cache
def digit_classifier(device: str = "cpu") -> DigitClassifier:
    return restored(DigitClassifier, "digit_classifier", device)


@cache
def point_denoiser(device: str = "cpu") -> PointDenoiser:
    return restored(lambda: PointDenoiser(len(POINT_SETS)), "point_denoiser", device)


@cache
def digit_cnn(device: str = "cpu") -> DigitCNN:
    return restored(DigitCNN, "digit_cnn", device)


@cache
def digit_vit(device: str = "cpu") -> VisionTransformer:
    return restored(VisionTransformer, "digit_vit", device)


@cache
def digit_autoencoder(device: str = "cpu") -> Autoencoder:
    return restored(Autoencoder, "digit_autoencoder", device)


@cache
def digit_vae(device: str = "cpu") -> VAE:
    return restored(VAE, "digit_vae", device)
