"""How well a decoder predicts at each place of a text that is longer than those it was trained on.

``python -m models.language.loss_by_length`` records the position schemes in ``assets/data/loss_by_length.json``.

Paper: Press, Smith, Lewis 2021, "Train Short, Test Long", section 2: every scheme is trained short and read long.

Symbols
    R  texts     T  tokens a text     ids  texts (R, T)
"""

import argparse
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.fused import unwatched
from models.attention.masks import sliding_window_mask
from models.language.evaluation import token_losses
from models.language.held_out import Purpose, packed
from models.language.pretrained_decoders import pretrained
from models.transformer.decoder import Decoder

FILE = Path(__file__).parents[2] / "assets" / "data" / "loss_by_length.json"
TRAINED = 64
SCHEMES: Mapping[str, str] = {
    "rope": "decoder_multi_head",
    "alibi": "decoder_alibi_position",
    "learned": "decoder_learned_position",
    "sinusoidal": "decoder_sinusoidal_position",
    "none": "decoder_none_position",
}
"""Position scheme → its checkpoint; all of one size, trained on texts of ``TRAINED`` tokens."""
MIXTURE = "recall"  # what they were trained on
BIN = 16
SIGHTS = (2, 4, 8, 16, 32, 64, 128, 256)


def scheme_model(scheme: str, device: str = "cpu") -> Decoder:
    """The trained decoder of that scheme."""
    return pretrained(SCHEMES[scheme], device)


def texts(seed: int, rows: int, length: int, purpose: Purpose = "evaluation") -> Tensor:
    """Held-out documents of the tiny world, one after the other as in training: (R, T)."""
    return packed(MIXTURE, purpose, seed, rows, length)


@torch.inference_mode()
def losses(model: Decoder, ids: Tensor, sight: int | None = None) -> Tensor:
    """−ln p of every next token, (R, T − 1); with ``sight`` a token sees itself and the sight − 1 before it."""
    mask = None if sight is None else sliding_window_mask(ids.shape[1], sight, device=ids.device)
    return token_losses(unwatched(model)(ids, mask=mask)[0], ids)


def binned(loss: Tensor, width: int = BIN) -> Tensor:
    """Means over ``width`` places of the mean over texts: (R, T − 1) → (T / width,)."""
    return torch.stack([part.mean() for part in loss.mean(dim=0).split(width)])


class Recorded(NamedTuple):
    """Scheme → losses in nats over many texts."""

    places: list[float]  # the middle of each stretch of ``BIN`` places
    whole: dict[str, list[float]]  # by place, when the model reads all that stands before
    cut: dict[str, list[float]]  # by place, when it reads the last ``TRAINED`` tokens
    sights: list[int]
    by_sight: dict[str, list[float]]  # past the trained length, by how many tokens it reads


@cache
def recorded() -> Recorded:
    """What ``record`` wrote."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return Recorded(**{name: found[name] for name in Recorded._fields})


def record(rows: int, length: int) -> Recorded:
    ids = texts(0, rows, length, "recorded curves")

    def read(scheme: str, ids: Tensor, sight: int | None) -> Tensor:
        return torch.cat([losses(scheme_model(scheme), part, sight) for part in ids.split(8)])

    def by_place(sight: int | None) -> dict[str, list[float]]:
        return {scheme: rounded(binned(read(scheme, ids, sight))) for scheme in SCHEMES}

    short = ids[: rows // 2, : 4 * TRAINED]
    by_sight = {
        scheme: rounded(torch.stack([read(scheme, short, sight)[:, TRAINED:].mean() for sight in SIGHTS]))
        for scheme in SCHEMES
    }
    middles = (torch.arange(length // BIN) + 0.5) * BIN
    return Recorded(middles.tolist(), by_place(None), by_place(TRAINED), list(SIGHTS), by_sight)


def rounded(values: Tensor) -> list[float]:
    return [round(value, 4) for value in values.tolist()]


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=96)
    options.add_argument("--length", type=int, default=512)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    head = {"command": "python -m models.language.loss_by_length", "texts": chosen.rows, "tokens": chosen.length}
    content = head | record(chosen.rows, chosen.length)._asdict()
    FILE.write_text(json.dumps(content) + "\n", encoding="utf-8")
