"""A caption that a person types is compared with pictures, by encoders that were trained on pairs of both."""

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import Field, StringConstraints
from torch import Tensor
from torch.nn.functional import normalize

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.contrastive.clip import START, similarities, symmetric_loss
from models.data.captioned_shapes import CAPTION, WORDS, captions, kinds, pictures, tokens
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.clip import ARMS, TRAININGS, pretrained

ASKED = 10
"""Pictures of each kind in the accuracies."""

Batches = Literal["40 at random", "5 at random", "5, all colours different"]
SHIPPED: Mapping[Batches, str] = dict(zip(("40 at random", "5 at random", "5, all colours different"), ARMS))


class CaptionsControls(Controls):
    text: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        "a green square on the right", title="Caption", description="Words: " + ", ".join(WORDS)
    )
    batches: Batches = Field("40 at random", title="Trained in batches of")
    order: Literal["as written", "backwards"] = Field(
        "as written", title="Words of all captions", description="After training: the encoder of captions knows places"
    )
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", json_schema_extra=MORE)


class CaptionsResult(NamedTuple):
    controls: CaptionsControls
    kinds: Tensor  # (40, 3) by colour, then shape, then side
    new: Tensor  # (40,) whether the pair of colour and shape was never trained
    shown: Tensor  # (40, 3, N, N) one picture of each
    typed: Tensor  # (40,) cosine of the typed caption with each picture
    matrix: Tensor  # (40, 40) cosine of each picture (row) with each caption
    right: dict[str, Tensor]  # “trained pairs” and “new pairs”: colour, shape, side named rightly (B, 3)
    loss: float  # of batches as in training, new pictures
    notices: tuple[str, ...]
    parameters: int


def _turned(w: Tensor, order: str) -> Tensor:
    """Captions (B, T) with their words from the last to the first, the gaps behind them."""
    if order == "as written":
        return w
    back = w.flip(-1)
    return back.gather(-1, torch.argsort((back < 0).long(), dim=-1, stable=True))


@memo
@torch.no_grad()
def _named(batches: Batches, order: str, training: int, seed: int) -> dict[str, Tensor]:
    """Which of all 40 captions is most similar to new pictures, by what it says rightly."""
    model, every = pretrained(SHIPPED[batches], training), torch.cat([kinds(unseen=False), kinds(unseen=True)])
    names = normalize(model.caption(_turned(captions(every), order)), dim=-1)
    found = {}
    for name, unseen in (("trained pairs", False), ("new pairs", True)):
        k = kinds(unseen).repeat(ASKED, 1)
        read = model.picture(pictures(k, generator(seed + 1)))
        found[name] = every[(read @ names.T).argmax(-1)] == k
    return found


@memo
@torch.no_grad()
def _loss(batches: Batches, training: int, seed: int) -> float:
    """Of pictures never seen, in batches put together as in training."""
    pick, size = ARMS[SHIPPED[batches]]
    model, draws = pretrained(SHIPPED[batches], training), generator(seed + 3)
    k = torch.cat([pick(kinds(unseen=False), draws) for _ in range(5)])
    _, trace = model(pictures(k, draws), captions(k))
    I, T = (each.unflatten(0, (-1, size)) for each in trace)  # noqa: E741
    return symmetric_loss(similarities(I, T, START + model.scale)).item()


@torch.no_grad()
def run(controls: CaptionsControls, device: str) -> CaptionsResult:
    """On the CPU whatever the device: the encoders are small."""
    c, model = controls, pretrained(SHIPPED[controls.batches], controls.training)
    every = torch.cat([kinds(unseen=False), kinds(unseen=True)])
    order = (100 * every[:, 0] + 10 * every[:, 1] + every[:, 2]).argsort()
    new = (torch.arange(len(every)) >= len(kinds(unseen=False)))[order]
    k = every[order]
    shown, typed = pictures(k, generator(c.seed)), tokens(c.text)
    read = normalize(model.picture(shown), dim=-1)
    written = normalize(model.caption(_turned(torch.cat([typed[None], captions(k)]), c.order)), dim=-1)
    unknown = [word for word in c.text.lower().replace(",", " ").split() if word not in WORDS]
    left_out = ", ".join(word[:20] for word in unknown[:4])
    notices = [f"Caption: left out, unknown to this model: {left_out}"] if unknown else []
    if len(c.text.split()) - len(unknown) > CAPTION:
        notices.append(f"Caption: read up to its {CAPTION}th known word")
    both = read @ written.T
    return CaptionsResult(
        c, k, new, shown, both[:, 0], both[:, 1:], _named(c.batches, c.order, c.training, c.seed),
        _loss(c.batches, c.training, c.seed), tuple(notices), parameter_count(model),
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
        "highest_cosine": result.typed[best].item(),
        "best_picture": float(best),
        "partner_cosine": result.matrix[diagonal].mean().item(),
        "other_cosine": result.matrix[~diagonal].mean().item(),
    }
