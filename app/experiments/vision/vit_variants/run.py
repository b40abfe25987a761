"""Five relatives of the vision transformer answer for one digit, and one of them is put to a test."""

from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import Drawing, drawing_label, read_drawing
from app.experiments.memo import memo
from models.data.digits import digits
from models.data.marked_pairs import marked, marked_pairs
from models.data.shifted_digits import moved
from models.generative.pretrained_networks import digit_cnn
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.vit_arms import BUILDS, PATCHES, VISIBLE, far_shifted, view
from models.training.vit_variants import TRAININGS, pretrained
from models.transformer.image_text_pairs import WORDS, sigmoid_losses, softmax_losses
from models.transformer.masked_autoencoder import hidden_error, visible_patches
from models.transformer.self_distillation import STUDENT_TEMPERATURE, used_outputs
from models.transformer.swin import reach
from models.transformer.vision_transformer import patches, unpatched

SIDE, GRID, WINDOW = 2, 4, 2
SMALL, LARGE = 8, 64  # pairs in a batch, before and after others join

Variant = Literal["Swin", "MAE", "DeiT", "DINO", "SigLIP"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
SHIFTS = {
    "half a window": "swin",
    "half a window, first": "swin shifted first",
    "a whole window": "swin shifted by a window",
}
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


class Answers(NamedTuple):
    """One digit, five networks."""

    shifted: Tensor  # (N, N) what DeiT and its teacher read
    teacher: int
    by_class: int
    by_distillation: int
    marked: Tensor  # (N, N) what Swin reads
    alike: bool
    said_alike: float  # probability
    hidden: Tensor  # (N, N) what MAE reads, masked patches at the middle grey
    rebuilt: Tensor  # (N, N)
    views: tuple[Tensor, Tensor]  # (N, N) of DINO
    view_agreement: float  # 1 − total variation distance of their outputs
    other_agreement: float  # of the first view's output with those of other digits, mean
    words: Tensor  # (10,) SigLIP's probability that each name belongs to it


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


def training_of(seed: int) -> int:
    return seed % TRAININGS


@memo
def swin_accuracy(shift: str, seed: int, device: str) -> float:
    """The share of held-out digits with two marks that are rightly called alike or different."""
    images, alike = marked_pairs(digits()[1].images, generator(seed))
    with torch.inference_mode():
        logits, _ = pretrained(SHIFTS[shift], training_of(seed), device)(images.to(device))
    return (logits.argmax(dim=1).cpu() == alike).float().mean().item()


@memo
def mae_errors(seed: int, device: str) -> dict[str, float]:
    """Mean squared error per masked pixel of held-out digits, pixels from −1 to 1."""
    model, images, draws = pretrained("mae", training_of(seed), device), digits()[1].images.to(device), generator(seed)
    first, anew = (visible_patches(len(images), PATCHES, VISIBLE, draws).to(device) for _ in range(2))
    mean = patches(digits()[0].images.mean(dim=0, keepdim=True).to(device), SIDE)
    found = {}
    with torch.inference_mode():
        for name, shown, visible in (
            ("its own", images, first),
            ("its own, chosen anew", images, anew),
            ("another digit’s", images.roll(1, 0), first),
        ):
            _, trace = model(shown, visible)
            found[name] = hidden_error(trace.tokens, images, trace.hidden, SIDE).item()
            if name == "its own":
                found["mean image"] = hidden_error(mean.expand_as(trace.tokens), images, trace.hidden, SIDE).item()
    return found


@memo
def deit_repeats(seed: int, device: str) -> dict[str, float]:
    """Of held-out digits shifted far that the teacher misreads, the share that each token misreads in the same way."""
    data = digits()[1]
    images = far_shifted(data.images, generator(seed)).to(device)
    with torch.inference_mode():
        teacher = digit_cnn(device)(images)[0].argmax(dim=1).cpu()
        logits, trace = pretrained("deit", training_of(seed), device)(images)
    wrong = teacher != data.labels
    said = {"class token": trace.by_class_token, "distillation token": trace.by_distillation_token}
    return {name: (z.argmax(dim=1).cpu() == teacher)[wrong].float().mean().item() for name, z in said.items()} | {
        "accuracy": (logits.argmax(dim=1).cpu() == data.labels).float().mean().item(),
        "teacher": (~wrong).float().mean().item(),
    }


@memo
def dino_state(arm: str, seed: int, device: str) -> tuple[float, float]:
    """Outputs used, and the share of held-out digits whose most similar training digit has their label."""
    learned, held_out = digits()
    with torch.inference_mode():
        model = pretrained(arm, training_of(seed), device)
        outputs, f = model(held_out.images.to(device))
        _, known = model(learned.images.to(device))
        near = (torch.nn.functional.normalize(f, dim=1) @ torch.nn.functional.normalize(known, dim=1).mT).argmax(dim=1)
    right = (learned.labels[near.cpu()] == held_out.labels).float().mean().item()
    return used_outputs((outputs / STUDENT_TEMPERATURE).softmax(dim=-1)).item(), right


@memo
def pair_changes(seed: int, device: str) -> dict[str, float]:
    """How far the loss of the first pairs moves, at most, when the batch grows; nats."""
    data = digits()[1]
    rows = torch.randperm(len(data.labels), generator=generator(seed))[:LARGE]
    with torch.inference_mode():
        scores, _ = pretrained("siglip", training_of(seed), device)(data.images[rows].to(device), data.labels[rows])
    z, matches = scores.cpu(), data.labels[rows][:, None] == data.labels[rows]
    few, own = z[:SMALL, :SMALL], matches[:SMALL, :SMALL]
    change = {
        "sigmoid": sigmoid_losses(z, matches)[:SMALL, :SMALL] - sigmoid_losses(few, own),
        "softmax": softmax_losses(z)[:SMALL] - softmax_losses(few),
    }
    return {name: moved_by.abs().max().item() for name, moved_by in change.items()}


@torch.inference_mode()
def answers(controls: VariantControls, image: Tensor, device: str) -> Answers:
    c, training, draws = controls, training_of(controls.seed), generator(controls.seed)
    network = {arm: pretrained(arm, training, device) for arm in BUILDS}
    far = moved(image, torch.tensor([[2, -1], [-2, 1], [1, 2]])[c.seed % 3][None])
    _, deit = network["deit"](far)
    row, ink = torch.randint(GRID, (1,), generator=draws), torch.randint(2, (2, 1), generator=draws).bool()
    pair = marked(image, row.to(device), *ink.to(device))
    said = network[SHIFTS[c.shift]](pair)[0].softmax(dim=1)[0, 1].item()
    choices = [visible_patches(1, PATCHES, VISIBLE, draws) for _ in range(2)]
    visible = choices[c.visible == "its own, chosen anew"].to(device)
    others = digits()[1].images.to(device)
    shown = others[c.seed % len(others)][None] if c.visible == "another digit’s" else image
    _, trace = network["mae"](shown, visible)
    tokens = patches(shown, SIDE).clone()
    hidden = torch.where(trace.hidden[..., None], -0.4, tokens)
    full = torch.where(trace.hidden[..., None], trace.tokens, tokens)
    views = [view(image, draws) for _ in range(2)]
    outputs = (network["dino"](torch.cat([*views, others[:100]]))[0] / STUDENT_TEMPERATURE).softmax(dim=-1)
    agreement = 1 - total_variation(outputs[:1], outputs)
    words = network["siglip"](image, torch.arange(len(WORDS), device=device))[0][0].sigmoid()
    return Answers(
        far[0, 0],
        int(digit_cnn(device)(far)[0].argmax()),
        int(deit.by_class_token.argmax()),
        int(deit.by_distillation_token.argmax()),
        pair[0, 0],
        bool(ink[0] == ink[1]),
        said,
        unpatched(hidden, SIDE, 8)[0, 0],
        unpatched(full, SIDE, 8)[0, 0],
        (views[0][0, 0], views[1][0, 0]),
        agreement[1].item(),
        agreement[2:].mean().item(),
        words,
    )


def run(controls: VariantControls, device: str) -> VariantResult:
    c, seed = controls, controls.seed
    image = (2 * read_drawing(c.drawing).to(device) - 1)[None, None]  # (1, 1, N, N)
    arms = {"Swin": SHIFTS[c.shift], "MAE": "mae", "DeiT": "deit", "DINO": "dino", "SigLIP": "siglip"}
    return VariantResult(
        c,
        image[0, 0],
        drawing_label(c.drawing),
        answers(c, image, device),
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
