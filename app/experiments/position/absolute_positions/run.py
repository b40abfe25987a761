"""A code for each position: how similar the codes are, what a move does to predictions, and where the table ends."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.position.long_texts import LENGTH
from app.provenance.origin import Computed, computed
from models.language.evaluation import token_losses
from models.language.loss_by_length import TRAINED, losses, scheme_model, texts
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.position.learned import LearnedPosition
from models.position.scaled_rope import with_position
from models.position.shifted import Shifted
from models.position.similarity import cosines
from models.position.sinusoidal import sinusoidal_encoding
from models.seeding import seeded
from models.transformer.decoder import Decoder

EVERY = 2  # one of so many positions is drawn on the map

TEXTS = 9  # of fewer, the jump at the end of the table differs by more than a nat between seeds
MAPPED = 96  # positions of the map: a third of them past the table
MOVED_TEXTS, MOVED_TOKENS = 6, 32
MOVES = (0, 4, 8, 16, 24, 32)
COMPARED = ("learned", "sinusoidal", "rope")

Scheme = Literal["learned", "sinusoidal", "rope"]


class AbsoluteControls(Controls):
    scheme: Scheme = Field(
        "learned", title="Position scheme", description="Two absolute schemes, and RoPE, which is relative"
    )
    past: Literal["untrained rows", "the last row", "a new text"] = Field(
        "untrained rows",
        title="Past the table's end",
        description="64 rows are trained. A new text: cut there and count from 0 again",
    )
    move: Literal[0, 4, 8, 16, 24, 32] = Field(16, title="Move of a short text, positions")


class AbsoluteResult(NamedTuple):
    controls: AbsoluteControls
    codes: Tensor  # (MAPPED, D)
    moved: dict[str, Tensor]  # scheme → (moves,) mean total variation distance of the predictions, on held-out texts
    loss: Tensor  # (R, T − 1)
    parameters: int

    @property
    def similarity(self) -> Tensor:
        """Cosine of the codes of two positions: (MAPPED, MAPPED)."""
        return cosines(self.codes)


def longer(table: Tensor, rows: int, seed: int) -> LearnedPosition:
    """The trained rows, and after them rows as they were before training."""
    extended = seeded(lambda: LearnedPosition(rows, table.shape[1]), seed).requires_grad_(False)
    extended.table[: len(table)] = table.cpu()
    return extended


def decoder(scheme: str, past: str, seed: int, device: str) -> Decoder:
    model = scheme_model(scheme, device)
    if scheme == "learned" and past == "untrained rows":
        return with_position(model, longer(model.get_parameter("position.table"), LENGTH, seed).to(device))
    return model


@memo
def loss_by_place(scheme: str, past: str, seed: int, device: str) -> Tensor:
    """(R, T − 1); the first token of a text that was cut has nothing before it, and takes the loss of the next."""
    model, ids = decoder(scheme, past, seed, device), texts(seed, TEXTS, LENGTH).to(device)
    if past != "a new text":
        return losses(model, ids)
    parts = ids.view(-1, TRAINED)
    loss = token_losses(model(parts)[0], parts)
    return torch.cat([loss[:, :1], loss], dim=1).view(len(ids), -1)[:, 1:]


@memo
def prediction_changes(scheme: str, seed: int, device: str) -> Tensor:
    """By each move, for texts that stay within the trained positions: (moves,)."""
    model = scheme_model(scheme, device)
    ids = texts(seed, MOVED_TEXTS, MOVED_TOKENS).to(device)
    here = model(ids)[0].softmax(dim=-1)
    there = [with_position(model, Shifted(model.position, by))(ids)[0].softmax(dim=-1) for by in MOVES]
    return torch.stack([total_variation(moved, here).mean() for moved in there])


def codes(scheme: str, seed: int) -> Tensor:
    """What represents each position: rows of the table, or waves; for RoPE its rotations as vectors. (MAPPED, D)"""
    if scheme == "learned":
        return longer(scheme_model("learned").get_parameter("position.table"), MAPPED, seed).table.detach()
    return waves(scheme).tensor


def waves(scheme: str) -> Computed:
    return computed(sinusoidal_encoding, positions=torch.arange(MAPPED), width=128 if scheme == "sinusoidal" else 16)


@torch.inference_mode()
def run(controls: AbsoluteControls, device: str) -> AbsoluteResult:
    c = controls
    model = scheme_model(c.scheme, device)
    return AbsoluteResult(
        c,
        codes(c.scheme, c.seed),
        {scheme: prediction_changes(scheme, c.seed, device) for scheme in COMPARED},
        loss_by_place(c.scheme, c.past, c.seed, device),
        parameter_count(model),
    )


def measure(result: AbsoluteResult) -> Measurements:
    c = result.controls
    loss, trained = result.loss.mean(dim=0), result.similarity[:TRAINED, :TRAINED]
    apart = torch.arange(TRAINED)[:, None] - torch.arange(TRAINED)
    return {
        "loss_within_the_trained_length_nats": loss[TRAINED // 2 : TRAINED - 1].mean().item(),
        "loss_past_the_trained_length_nats": loss[TRAINED:].mean().item(),
        "jump_past_the_end_nats": (loss[TRAINED:].mean() - loss[TRAINED // 2 : TRAINED - 1].mean()).item(),
        "change_of_predictions_by_moving": result.moved[c.scheme][MOVES.index(c.move)].item(),
        "similarity_of_neighbours": trained.diagonal(1).mean().item(),
        "similarity_of_positions_over_16_apart": trained[apart > 16].mean().item(),
        "similarity_of_untrained_neighbours": result.similarity[TRAINED:, TRAINED:].diagonal(1).mean().item(),
    }
