"""Trained networks predict the vectors, or the pixels, of a digit's hidden patches; a linear probe reads both."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.contrastive.hidden_patches.probes import every, known_vectors, network, probe, seen_digits
from app.experiments.drawing import Drawing, read_drawing
from models.contrastive.latent_prediction import latent_error, picked
from models.data.digits import digits
from models.data.patch_masks import GRID, blocks, hidden_patches, nearest_visible, others, textured
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.cells import TRAININGS
from models.training.hidden_patches import SIDE, TEXTURE
from models.transformer.vision_transformer import patches, unpatched

EXAMPLES = (1, 2, 7, 10, 14)
"""Held-out digits that are drawn beside yours."""

ARMS = ("latent", "pixels")
Texture = Literal["none", "noise"]


class PatchesControls(Controls):
    drawing: Drawing = Field("example 4", title="Digit")
    block: int = Field(4, ge=0, le=11, title="Hidden block", description="In the drawing")
    mask: Literal["block", "scattered"] = Field("block", title="Hidden when measured")
    positions: Literal["right", "exchanged"] = Field(
        "right", title="Positions", description="That the predictor is given for the hidden patches"
    )
    visible: Literal["its own", "another digit’s"] = Field("its own", title="Visible patches")
    texture: Texture = Field("none", title="Texture", description="Noise on every pixel, in training and test")


class PatchesResult(NamedTuple):
    controls: PatchesControls
    images: Tensor  # (6, 8, 8) yours and five examples, as the network gets them
    hidden: Tensor  # (6, H) their hidden patches
    decoded: Tensor  # (6, 8, 8) hidden patches from the training digits whose vectors are nearest to the predicted
    pixels: Tensor  # (6, 8, 8) hidden patches as the network of pixels predicts them
    errors: dict[str, float]  # guess → mean error of the hidden patches' vectors
    probes: dict[str, dict[str, float]]  # texture → features → share of held-out digits named
    parameters: int


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
        {
            texture: {name: probe(name, texture, training) for name in (*ARMS, "untrained")}
            for texture in ("none", "noise")
        },
        parameter_count(model),
    )  # fmt: skip


def drawn(c: PatchesControls, training: int, known: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Yours and the examples: images, hidden patches, and both predictions put in their places."""
    own = (2 * read_drawing(c.drawing) - 1)[None, None]
    images = torch.cat([own, digits()[1].images[list(EXAMPLES)]])
    images = textured(images, TEXTURE if c.texture == "noise" else 0.0, generator(c.seed + 4))
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
    share = lambda name, texture: 100 * probes[texture][name]
    return {
        "error_over_copying_percent": 100 * error["predicted"] / error["nearest visible patch"],
        "explained_percent": 100 * (1 - error["predicted"] / error["mean vector at the position"]),
        "error": error["predicted"],
        "mean_vector_error": error["mean vector at the position"],
        "copying_error": error["nearest visible patch"],
        "probe_percent": share("latent", "none"),
        "pixel_probe_percent": share("pixels", "none"),
        "untrained_probe_percent": share("untrained", "none"),
        "textured_probe_percent": share("latent", "noise"),
        "textured_pixel_probe_percent": share("pixels", "noise"),
        "textured_untrained_probe_percent": share("untrained", "noise"),
    }
