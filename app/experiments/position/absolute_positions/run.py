"""A place with a code of its own: how alike the codes are, what a move does to a forecast, and where the table ends."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.position.long_texts import LENGTH, ROWS
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

EVERY = 2  # places of the map that are drawn

MAPPED = 96  # places of the map: a third of them past the table
MOVED_TEXTS, MOVED_TOKENS = 6, 32
MOVES = (0, 4, 8, 16, 24, 32)
COMPARED = ("learned", "sinusoidal", "rope")

Scheme = Literal["learned", "sinusoidal", "rope"]


class AbsoluteControls(Controls):
    scheme: Scheme = Field(
        "learned", title="Places told by", description="RoPE, which is relative, stands beside the two absolute ones"
    )
    past: Literal["untrained rows", "the last row", "a new text"] = Field(
        "untrained rows",
        title="Past the table’s end",
        description="64 rows are trained. A new text: cut there and count from 0 again",
    )
    move: Literal[0, 4, 8, 16, 24, 32] = Field(16, title="Move a short text by, places")


class AbsoluteResult(NamedTuple):
    controls: AbsoluteControls
    codes: Tensor  # (MAPPED, D)
    moved: dict[str, Tensor]  # scheme → (moves,) half the summed change of the forecasts, mean over new texts
    loss: Tensor  # (R, T − 1)
    parameters: int

    @property
    def likeness(self) -> Tensor:
        """Cosine of the codes of two places: (MAPPED, MAPPED)."""
        return cosines(self.codes)


def longer(table: Tensor, rows: int, seed: int) -> LearnedPosition:
    """The trained rows, and after them rows as they were before training."""
    fresh = seeded(lambda: LearnedPosition(rows, table.shape[1]), seed).requires_grad_(False)
    fresh.table[: len(table)] = table.cpu()
    return fresh


@lru_cache(maxsize=64)
def ids_of_seed(seed: int) -> Tensor:
    return texts(seed, ROWS, LENGTH)


def decoder(scheme: str, past: str, seed: int, device: str) -> Decoder:
    model = scheme_model(scheme, device)
    if scheme == "learned" and past == "untrained rows":
        return with_position(model, longer(model.get_parameter("position.table"), LENGTH, seed).to(device))
    return model


@lru_cache(maxsize=64)
def loss_by_place(scheme: str, past: str, seed: int, device: str) -> Tensor:
    """(R, T − 1); the first token of a text that was cut has nothing before it, and takes the loss of the next."""
    model, ids = decoder(scheme, past, seed, device), ids_of_seed(seed).to(device)
    if past != "a new text":
        return losses(model, ids)
    parts = ids.view(-1, TRAINED)
    loss = token_losses(model(parts)[0], parts)
    return torch.cat([loss[:, :1], loss], dim=1).view(len(ids), -1)[:, 1:]


@lru_cache(maxsize=64)
def forecast_changes(scheme: str, seed: int, device: str) -> Tensor:
    """By every move, for texts that stay within the trained places: (moves,)."""
    model = scheme_model(scheme, device)
    ids = texts(seed, MOVED_TEXTS, MOVED_TOKENS).to(device)
    here = model(ids)[0].softmax(dim=-1)
    there = [with_position(model, Shifted(model.position, by))(ids)[0].softmax(dim=-1) for by in MOVES]
    return torch.stack([total_variation(moved, here).mean() for moved in there])


def codes(scheme: str, seed: int) -> Tensor:
    """What stands for each place: rows of the table, or waves; RoPE’s turns as hands. (MAPPED, D)"""
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
        {scheme: forecast_changes(scheme, c.seed, device) for scheme in COMPARED},
        loss_by_place(c.scheme, c.past, c.seed, device),
        parameter_count(model),
    )


def measure(result: AbsoluteResult) -> Measurements:
    loss, trained = result.loss.mean(dim=0), result.likeness[:TRAINED, :TRAINED]
    apart = torch.arange(TRAINED)[:, None] - torch.arange(TRAINED)
    return {
        "loss_within_the_trained_length_nats": loss[TRAINED // 2 : TRAINED - 1].mean().item(),
        "loss_past_the_trained_length_nats": loss[TRAINED:].mean().item(),
        "jump_past_the_end_nats": (loss[TRAINED:].mean() - loss[TRAINED // 2 : TRAINED - 1].mean()).item(),
        "change_of_forecast_by_moving": result.moved[result.controls.scheme][MOVES.index(result.controls.move)].item(),
        "likeness_of_neighbours": trained.diagonal(1).mean().item(),
        "likeness_of_places_over_16_apart": trained[apart > 16].mean().item(),
        "likeness_of_untrained_neighbours": result.likeness[TRAINED:, TRAINED:].diagonal(1).mean().item(),
    }
