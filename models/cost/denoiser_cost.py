"""How many multiplications a small denoiser needs for one image.

Papers: Peebles & Xie 2022, "Scalable Diffusion Models with Transformers", section 3.2 (patches, blocks);
Ho et al. 2020, "Denoising Diffusion Probabilistic Models", appendix B (the U-Net).

Symbols
    T  patches        p  side of a patch        D  width        F  hidden neurons        L  blocks
"""

from torch import nn

from models.generative.digit_unet import DigitUNet


def patch_count(size: int, p: int) -> int:
    """T = (N/p)²: halving the side of the patches makes four times as many."""
    return (size // p) ** 2


def dit_multiplications(T: int, p: int, D: int, F: int, L: int) -> int:
    """L (T (4 D² + 2 D F) + 2 T² D + 6 D²) + 2 T p² D + 4 D²: blocks, patches in and out, time and the last norm."""
    block = T * (4 * D * D + 2 * D * F) + 2 * T * T * D + 6 * D * D
    return L * block + 2 * T * p * p * D + 4 * D * D


def unet_multiplications(model: DigitUNet, size: int) -> int:
    """Σ over convolutions of positions × weights, and every linear layer's weights once; the image has size² pixels."""
    levels = len(model.halve)
    sides = {"read": size, "write": size, "middle": size >> levels}
    total = 0
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear):
            total += layer.weight.numel()
        if isinstance(layer, nn.Conv2d):
            part, *rest = name.split(".")
            level = int(rest[0]) if part in ("down", "halve", "widen", "up") else 0
            side = (
                sides.get(part)
                or {
                    "down": size >> level,
                    "halve": size >> (level + 1),
                    "widen": size >> (levels - level),
                    "up": size >> (levels - 1 - level),
                }[part]
            )
            total += side * side * layer.weight.numel()
    return total
