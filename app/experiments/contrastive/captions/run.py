"""A caption that a person types is compared with pictures, by encoders that were trained on pairs of both."""

from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import Field, StringConstraints
from torch import Tensor
from torch.nn.functional import normalize

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.captions.encoders import (
    SHIPPED,
    Batches,
    Shown,
    loss_of_batches,
    named,
    right_colour,
    seen,
    turned,
)
from app.experiments.contrastive.captions.split_gradient import WORKERS, Gathered, SplitGradient, split_gradient
from models.contrastive.clip import CLIP
from models.data.captioned_shapes import CAPTION, WORDS, captions, kinds, second, tokens
from models.parameter_count import parameter_count
from models.seeding import generator, seeded
from models.training.clip import TRAININGS, pretrained


class CaptionsControls(Controls):
    text: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        "a green square on the right", title="Caption", description="Words: " + ", ".join(WORDS)
    )
    batches: Batches = Field("40 at random", title="Trained in batches of")
    shown: Shown = Field("one shape", title="Pictures show", description="Trained on one shape per picture")
    gathered: Gathered = Field(
        "with gradient", title="Embeddings of other workers", description=f"Of a batch split over {WORKERS} workers"
    )
    order: Literal["as written", "backwards"] = Field(
        "as written", title="Words of all captions", description="After training: the encoder of captions knows places"
    )
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", json_schema_extra=MORE)


class CaptionsResult(NamedTuple):
    controls: CaptionsControls
    kinds: Tensor  # (40, 3) by colour, then shape, then side
    new: Tensor  # (40,) whether the pair of colour and shape was never trained
    others: Tensor  # (40, 3) the second shape, where there are two
    shown: Tensor  # (40, 3, N, N) one picture of each
    typed: Tensor  # (40,) cosine of the typed caption with each picture
    matrix: Tensor  # (40, 40) cosine of each picture (row) with each caption
    right: dict[str, Tensor]  # “trained pairs” and “new pairs”: colour, shape, side named rightly (B, 3)
    loss: float  # of batches as in training, new pictures
    right_colour: Tensor  # (B,) whether the caption is more similar than the same one in another colour
    split: SplitGradient  # of the trained encoders
    split_at_start: SplitGradient  # of encoders before any training
    notices: tuple[str, ...]
    parameters: int


@torch.no_grad()
def run(controls: CaptionsControls, device: str) -> CaptionsResult:
    """On the CPU whatever the device: the encoders are small."""
    c, model = controls, pretrained(SHIPPED[controls.batches], controls.training)
    every = torch.cat([kinds(unseen=False), kinds(unseen=True)])
    order = (100 * every[:, 0] + 10 * every[:, 1] + every[:, 2]).argsort()
    new = (torch.arange(len(every)) >= len(kinds(unseen=False)))[order]
    k = every[order]
    others, typed = second(k, generator(c.seed + 9)), tokens(c.text)
    shown = seen(c.shown, k, others, generator(c.seed))
    read = normalize(model.picture(shown), dim=-1)
    written = normalize(model.caption(turned(torch.cat([typed[None], captions(k)]), c.order)), dim=-1)
    unknown = [word for word in c.text.lower().replace(",", " ").split() if word not in WORDS]
    left_out = ", ".join(word[:20] for word in unknown[:4])
    notices = [f"Caption: left out, unknown to this model: {left_out}"] if unknown else []
    if len(c.text.split()) - len(unknown) > CAPTION:
        notices.append(f"Caption: read up to its {CAPTION}th known word")
    both = read @ written.T
    return CaptionsResult(
        c, k, new, others, shown, both[:, 0], both[:, 1:], named(c.batches, c.order, c.training, c.seed),
        loss_of_batches(c.batches, c.training, c.seed), right_colour(c.shown, c.batches, c.order, c.training, c.seed),
        split_gradient(model, c.gathered, c.seed), split_gradient(seeded(CLIP, c.training), c.gathered, c.seed),
        tuple(notices), parameter_count(model),
    )  # fmt: skip


def measure(result: CaptionsResult) -> Measurements:
    trained, new = result.right["trained pairs"].float(), result.right["new pairs"].float()
    best = int(result.typed.argmax())
    diagonal = torch.eye(len(result.kinds), dtype=torch.bool)
    return {
        "new_pairs_percent": 100 * new.prod(-1).mean().item(),
        "trained_pairs_percent": 100 * trained.prod(-1).mean().item(),
        "new_colour_percent": 100 * new[:, 0].mean().item(),
        "new_shape_percent": 100 * new[:, 1].mean().item(),
        "new_side_percent": 100 * new[:, 2].mean().item(),
        "trained_shape_percent": 100 * trained[:, 1].mean().item(),
        "chance_percent": 100 / len(result.kinds),
        "loss_of_its_batches": result.loss,
        "right_colour_percent": 100 * result.right_colour.float().mean().item(),
        "gradient_error": result.split.error,
        "gradient_length": result.split.length,
        "gradient_cosine": result.split.cosine,
        "gradient_cosine_at_start": result.split_at_start.cosine,
        "highest_cosine": result.typed[best].item(),
        "best_picture": best + 1.0,
        "partner_cosine": result.matrix[diagonal].mean().item(),
        "other_cosine": result.matrix[~diagonal].mean().item(),
    }
