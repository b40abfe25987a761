"""Five relatives of the vision transformer answer for one digit, and one of them is put to a test."""

from typing import Literal, NamedTuple, get_args

from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import Drawing, drawing_label, read_drawing
from app.experiments.vision.vit_variants.answers import GRID, Answers, answers
from app.experiments.vision.vit_variants.arms import (
    SHIFTS,
    deit_repeats,
    dino_state,
    mae_errors,
    pair_changes,
    swin_accuracy,
    training_of,
)
from models.parameter_count import parameter_count
from models.training.vit_variants import pretrained
from models.transformer.swin import reach

WINDOW = 2

Variant = Literal["Swin", "MAE", "DeiT", "DINO", "SigLIP"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
BLOCKS = {"half a window": (0, 1), "half a window, first": (1, 0), "a whole window": (0, 2)}


class VariantControls(Controls):
    drawing: Drawing = Field("example 9", title="Digit")
    variant: Variant = Field("Swin", title="Put to the test")
    shift: Literal["half a window", "half a window, first", "a whole window"] = Field(
        "half a window", title="Swin: windows move by", description="In the second block, or in the first"
    )
    visible: Literal["its own", "its own, chosen anew", "another digit’s"] = Field(
        "its own", title="MAE: visible patches are", description="4 of 16"
    )
    pair_loss: Literal["sigmoid", "softmax"] = Field("sigmoid", title="SigLIP: loss of a pair")


class VariantResult(NamedTuple):
    controls: VariantControls
    image: Tensor  # (N, N) from −1 to 1
    label: int | None
    answers: Answers
    swin: dict[str, float]  # shift → accuracy
    reached: dict[str, Tensor]  # shift → (blocks, T, T)
    mae: dict[str, float]  # whose patches → error per pixel; “mean image” beside them
    deit: dict[str, float]  # token → share of the teacher’s errors that it repeats; “accuracy”
    dino: dict[str, tuple[float, float]]  # arm → outputs used, accuracy of nearest neighbours
    siglip: dict[str, float]  # loss → largest change of a pair's loss when others join the batch
    parameters: int


def run(controls: VariantControls, device: str) -> VariantResult:
    c, seed = controls, controls.seed
    image = (2 * read_drawing(c.drawing).to(device) - 1)[None, None]  # (1, 1, N, N)
    arms = {"Swin": SHIFTS[c.shift], "MAE": "mae", "DeiT": "deit", "DINO": "dino", "SigLIP": "siglip"}
    return VariantResult(
        c,
        image[0, 0],
        drawing_label(c.drawing),
        answers(image, c.shift, c.visible, seed, device),
        {shift: swin_accuracy(shift, seed, device) for shift in SHIFTS},
        {shift: reach(GRID, WINDOW, blocks) for shift, blocks in BLOCKS.items()},
        mae_errors(seed, device),
        deit_repeats(seed, device),
        {arm: dino_state(arm, seed, device) for arm in ("dino", "dino without centring")},
        pair_changes(seed, device),
        parameter_count(pretrained(arms[c.variant], training_of(seed), device)),
    )


def measure(result: VariantResult) -> Measurements:
    c = result.controls
    return {
        "swin_accuracy": result.swin[c.shift],
        "swin_tokens_reached": result.reached[c.shift][-1].sum(dim=1).float().mean().item(),
        "mae_error": result.mae[c.visible],
        "mean_image_error": result.mae["mean image"],
        "mae_error_over_mean_image": result.mae[c.visible] / result.mae["mean image"],
        "deit_accuracy": result.deit["accuracy"],
        "teacher_accuracy": result.deit["teacher"],
        "errors_repeated_by_distillation_token_share": result.deit["distillation token"],
        "errors_repeated_by_class_token_share": result.deit["class token"],
        "dino_outputs_used": result.dino["dino"][0],
        "dino_neighbour_accuracy": result.dino["dino"][1],
        "dino_outputs_used_without_centring": result.dino["dino without centring"][0],
        "dino_neighbour_accuracy_without_centring": result.dino["dino without centring"][1],
        "pair_loss_change_nats": result.siglip[c.pair_loss],
    }
