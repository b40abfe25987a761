"""One test for each relative of the vision transformer, on held-out digits; a seed picks the training."""

import torch

from app.experiments.memo import memo
from models.data.digits import digits
from models.data.marked_pairs import marked_pairs
from models.generative.pretrained_networks import digit_cnn
from models.seeding import generator
from models.training.vit_arms import PATCHES, VISIBLE, far_shifted
from models.training.vit_variants import TRAININGS, pretrained
from models.transformer.image_text_pairs import sigmoid_losses, softmax_losses
from models.transformer.masked_autoencoder import hidden_error, visible_patches
from models.transformer.self_distillation import STUDENT_TEMPERATURE, used_outputs
from models.transformer.vision_transformer import patches

SIDE = 2
SMALL, LARGE = 8, 64  # pairs in a batch, before and after others join

SHIFTS = {
    "half a window": "swin",
    "half a window, first": "swin shifted first",
    "a whole window": "swin shifted by a window",
}


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
