"""Token ids exchanged for others, with and without their rows: what a trained decoder then says of held-out texts."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.func import functional_call

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read
from models.data.words import ANIMALS, CITIES, GUESTS, RESIDENTS
from models.language.evaluation import token_losses
from models.language.held_out import packed
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.renumbering import exchanged, ordered_share, renumbered, rows_moved
from models.tokenization.tokenizer import VOCABULARY, ids_of

CHECKPOINT, MIXTURE = "decoder", "recall"
LONGEST, ROWS, LENGTH = 12, 16, 64
SAMPLE_ROWS, SAMPLE_LENGTH, SAMPLE_SEED = 500, 64, 1
"""The texts by which an id counts as used: 32,000 tokens."""

Which = Literal["none", "the 12 animals", "the 24 cities", "all names", "all tokens", "all tokens, in reverse"]
Rows = Literal["move along", "stay", "move along at the input only"]
WORDS: dict[str, tuple[str, ...]] = {
    "the 12 animals": ANIMALS, "the 24 cities": CITIES, "all names": (*RESIDENTS, *GUESTS)
}  # fmt: skip


class RenumberingControls(Controls):
    text: Sentence = Field("Mia has a duck .", title="Text", description=f"Up to {LONGEST} tokens")
    which: Which = Field("all tokens", title="Tokens with new ids")
    rows: Rows = Field("move along", title="The embedding rows")


class Arm(NamedTuple):
    """Held-out loss, nats per token."""

    loss: float
    affected: float  # of the tokens that have a new id; NaN if there are none
    ids: int  # how many have a new one


class RenumberingResult(NamedTuple):
    controls: RenumberingControls
    pieces: list[str]
    ids: Tensor  # (1, T)
    new_ids: Tensor  # (1, T)
    arm: Arm  # as it is set
    left: Arm  # with the same new ids and the rows where they were
    arms: dict[str, float]  # what is renumbered, and how → loss
    norms: Tensor  # (V,) lengths of the rows, by the number at which they lie
    used: Tensor  # (V,) bool: whether the text has the id, by its new number
    parameters: int
    notices: list[str]


def permutation(which: Which, seed: int) -> Tensor:
    """The new number of every id, (V,)."""
    if which == "none":
        return torch.arange(VOCABULARY)
    if which == "all tokens, in reverse":
        return torch.arange(VOCABULARY).flip(0)
    draws = generator(seed)
    if which == "all tokens":
        return exchanged(VOCABULARY, torch.arange(VOCABULARY), draws)
    ids = sorted({ids_of(word)[0] for word in WORDS[which]})
    return exchanged(VOCABULARY, torch.tensor(ids), draws)


@memo
def used_ids() -> Tensor:
    """True for every id that occurs in a sample like the training texts, (V,)."""
    counts = torch.bincount(
        packed(MIXTURE, "search", SAMPLE_SEED, SAMPLE_ROWS, SAMPLE_LENGTH).flatten(), minlength=VOCABULARY
    )
    return counts > 0


@memo
@torch.inference_mode()
def arm_of(which: Which, rows: Rows, seed: int, device: str) -> Arm:
    """Loss on held-out texts in the new numbers."""
    model, pi = pretrained(CHECKPOINT, device), permutation(which, seed).to(device)
    ids = packed(MIXTURE, "evaluation", seed, ROWS, LENGTH).to(device)
    new = renumbered(ids, pi)
    if rows == "stay":
        logits = model(new)[0]
    else:
        weights = {"embedding.weight": rows_moved(model.embedding.weight, pi)}
        logits, trace = functional_call(model, weights, (new,))
        if rows == "move along at the input only":
            logits = model.unembed(trace.residual[-1])
    losses = token_losses(logits, new)
    moved = pi != torch.arange(VOCABULARY, device=device)
    affected = moved[ids[:, 1:]]
    there = losses[affected].mean().item() if affected.any() else math.nan
    return Arm(losses.mean().item(), there, int(moved.sum()))


ARMS: dict[str, tuple[Which, Rows]] = {
    "as trained": ("none", "stay"),
    "all, rows move": ("all tokens", "move along"),
    "12 animals": ("the 12 animals", "stay"),
    "24 cities": ("the 24 cities", "stay"),
    "all names": ("all names", "stay"),
    "all, rows stay": ("all tokens", "stay"),
}


def run(controls: RenumberingControls, device: str) -> RenumberingResult:
    c, model = controls, pretrained(CHECKPOINT, device)
    text = read(c.text.strip() or "Mia has a duck .", LONGEST, "text", device)
    pi = permutation(c.which, c.seed).to(device)
    rows = model.embedding.weight.detach()
    rows = rows if c.rows == "stay" else rows_moved(rows, pi)
    new = renumbered(text.ids, pi)
    used = torch.zeros(VOCABULARY, dtype=torch.bool)
    used[pi.cpu()] = used_ids()
    return RenumberingResult(
        controls=c,
        pieces=text.pieces,
        ids=text.ids,
        new_ids=new,
        arm=arm_of(c.which, c.rows, c.seed, device),
        left=arm_of(c.which, "stay", c.seed, device),
        arms={name: arm_of(*arm, c.seed, device).loss for name, arm in ARMS.items()},
        norms=rows.norm(dim=-1),
        used=used,
        parameters=parameter_count(model),
        notices=text.notices,
    )


def measure(result: RenumberingResult) -> Measurements:
    arm, trained = result.arm, result.arms["as trained"]
    return {
        "loss_nats": arm.loss,
        "loss_as_trained_nats": trained,
        "loss_change_nats": abs(arm.loss - trained),
        "loss_rows_stay_nats": result.left.loss,
        "loss_at_renumbered_nats": arm.affected,
        "uniform_guess_nats": math.log(VOCABULARY),
        "new_ids": arm.ids,
        "used_ids": int(result.used.sum()),
        "unused_rows_longer_share": ordered_share(result.norms[result.used], result.norms[~result.used]),
        "mean_used_row_length": result.norms[result.used].mean().item(),
        "mean_unused_row_length": result.norms[~result.used].mean().item(),
    }
