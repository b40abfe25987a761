"""Trained networks predict the vectors, or the pixels, of a digit's hidden patches; a linear probe reads both."""

from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.memo import memo
from app.experiments.sweep import Sweep, sweep
from models.checkpoints import load_state
from models.contrastive.latent_prediction import LatentPrediction, latent_error, picked
from models.contrastive.linear_probe import sampling_error
from models.contrastive.patch_probe import SIDE, every, seen_digits
from models.data.digits import digits
from models.data.patch_masks import GRID, blocks, hidden_patches, nearest_visible, others, textured
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.hidden_patches import NAME, STRENGTHS, ending, pretrained
from models.transformer.vision_transformer import patches, unpatched

EXAMPLES = (1, 2, 7, 10, 14)
"""Held-out digits that are drawn beside yours."""

ARMS = ("latent", "pixels")
PROBED = ("latent", "pixels", "untrained", "raw")
"""Whose vectors a linear classifier reads; the raw ones are the 64 pixels."""


class PatchesControls(Controls):
    renamed: ClassVar = {"texture=none": "0", "texture=noise": "0.5"}

    drawing: Drawing = Field("example 4", title="Digit")
    block: int = Field(4, ge=0, le=11, title="Hidden block", description="In the drawing")
    mask: Literal["block", "scattered"] = Field("block", title="Hidden when measured")
    positions: Literal["right", "exchanged"] = Field(
        "right", title="Positions", description="That the predictor is given for the hidden patches"
    )
    visible: Literal["its own", "another digit’s"] = Field("its own", title="Visible patches")
    texture: float = Field(
        0, ge=0, le=1, multiple_of=0.25, title="Texture",
        description="Noise on every pixel; 1 is half of the way from paper to ink",
    )  # fmt: skip


class PatchesResult(NamedTuple):
    controls: PatchesControls
    images: Tensor  # (6, 8, 8) yours and five examples, as the network gets them
    hidden: Tensor  # (6, H) their hidden patches
    decoded: Tensor  # (6, 8, 8) hidden patches from the training digits whose vectors are nearest to the predicted
    pixels: Tensor  # (6, 8, 8) hidden patches as the network of pixels predicts them
    errors: dict[str, float]  # guess → mean error of the hidden patches' vectors
    probes: Sweep[float, dict[str, Tensor]]  # over the texture: features → share named, by training (5,) or (1,)
    parameters: int


def network(arm: str, texture: float, training: int) -> LatentPrediction:
    return pretrained(arm + ending(texture), training)


@memo
@torch.inference_mode()
def known_vectors(texture: float, training: int) -> Tensor:
    """What the target encoder makes of the digits for training, whole.  (M, T, D)"""
    x = seen_digits(texture)[0]
    return network("latent", texture, training).target(x, every(len(x)))


def recorded_probes(texture: float) -> dict[str, Tensor]:
    """Share of held-out digits named, in each training."""
    return {name: load_state(NAME)[f"probe.{name}"][:, STRENGTHS.index(texture)] for name in PROBED}


@torch.inference_mode()
def run(controls: PatchesControls, device: str) -> PatchesResult:
    """On the CPU whatever the device: 297 small images keep no other one busy."""
    c, training = controls, controls.seed % TRAININGS
    known = known_vectors(c.texture, training)
    model, x = network("latent", c.texture, training), seen_digits(c.texture)[1]
    hidden = hidden_patches(len(x), c.mask, generator(c.seed + 3))
    visible = others(hidden)
    asked = hidden.roll(1, 1) if c.positions == "exchanged" else hidden
    source = x.roll(1, 0) if c.visible == "another digit’s" else x
    predicted = model.predict(model.context(source, visible), visible, asked)
    targets = model.targets(x, hidden)
    at_position = known.mean(0)[hidden]
    copied = picked(model.target(x, every(len(x))), nearest_visible(hidden, visible))
    guesses = {"predicted": predicted, "mean vector at the position": at_position, "nearest visible patch": copied}
    yours, own_hidden, decoded, pixels = drawn(c, training, known)
    return PatchesResult(
        c, yours, own_hidden, decoded, pixels,
        {name: latent_error(guess, targets).mean().item() for name, guess in guesses.items()},
        sweep(recorded_probes, STRENGTHS, c.texture),
        parameter_count(model),
    )  # fmt: skip


def drawn(c: PatchesControls, training: int, known: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Yours and the examples: images, hidden patches, and both predictions put in their places."""
    own = (2 * read_drawing(c.drawing) - 1)[None, None]
    images = torch.cat([own, digits()[1].images[list(EXAMPLES)]])
    images = textured(images, c.texture, generator(c.seed + 4))
    x = patches(images, SIDE)
    hidden = blocks()[c.block].expand(len(x), -1)
    visible = others(hidden)
    asked = hidden.roll(1, 1) if c.positions == "exchanged" else hidden
    source = x.roll(1, 0) if c.visible == "another digit’s" else x
    filled = []
    for arm in ARMS:
        model = network(arm, c.texture, training)
        found = model.predict(model.context(source, visible), visible, asked)  # (6, H, D) or (6, H, P)
        if arm == "latent":
            nearest = torch.cdist(found.transpose(0, 1), known[:, hidden[0]].transpose(0, 1)).argmin(-1).T  # (6, H)
            found = patches(digits()[0].images, SIDE)[nearest, hidden]
        put = x.scatter(1, hidden[..., None].expand_as(found), found)
        filled.append(unpatched(put, SIDE, SIDE * GRID)[:, 0])
    return images[:, 0], hidden, *filled  # type: ignore[return-value]


def measure(result: PatchesResult) -> Measurements:
    error, probes = result.errors, result.probes
    named = {name: shares.mean().item() for name, shares in probes.current.items()}
    kept = lambda name: 100 * (probes.measured[-1][name].mean() / probes.measured[0][name].mean()).item()
    return {
        "error_over_copying_percent": 100 * error["predicted"] / error["nearest visible patch"],
        "explained_percent": 100 * (1 - error["predicted"] / error["mean vector at the position"]),
        "error": error["predicted"],
        "mean_vector_error": error["mean vector at the position"],
        "copying_error": error["nearest visible patch"],
        "probe_percent": 100 * named["latent"],
        "pixel_probe_percent": 100 * named["pixels"],
        "untrained_probe_percent": 100 * named["untrained"],
        "raw_probe_percent": 100 * named["raw"],
        "probe_error_points": 100 * sampling_error(named["latent"], len(digits()[1].labels)),
        "probe_kept_percent": kept("latent"),
        "pixel_probe_kept_percent": kept("pixels"),
    }
