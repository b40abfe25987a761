"""Trained weights on disk: safetensors in half precision, and a card that says how they were made.

A checkpoint is two files, ``<name>.safetensors`` and ``<name>.json``. Nothing is ever unpickled.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from models.seeding import unfilled

DIRECTORY = Path(__file__).parent.parent / "assets" / "checkpoints"

M = TypeVar("M", bound=nn.Module)

_reading = Lock()


def command(name: str) -> str:
    """The command that makes the checkpoint."""
    return f"python -m models.training {name}"


class CheckpointError(Exception):
    """A checkpoint is missing or damaged; the message names the command that makes it again."""

    def __init__(self, name: str, trouble: str) -> None:
        super().__init__(f"checkpoint '{name}' {trouble}; make it again with: {command(name)}")


def save(name: str, state: Mapping[str, Tensor], card: Mapping[str, Any], directory: Path = DIRECTORY) -> None:
    """Write the weights in half precision, and the card with their hash added."""
    directory.mkdir(parents=True, exist_ok=True)
    data = write_tensors({key: value.detach().cpu().half().contiguous().clone() for key, value in state.items()})
    (directory / f"{name}.safetensors").write_bytes(data)
    full = {"name": name, **card, "torch": torch.__version__, "sha256": hashlib.sha256(data).hexdigest()}
    (directory / f"{name}.json").write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load_card(name: str, directory: Path = DIRECTORY) -> dict[str, Any]:
    """The card: command, seed, data, architecture, metrics, hash. A fresh copy each time."""
    try:
        card: dict[str, Any] = json.loads((directory / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(name, "is missing") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(name, f"has an unreadable card ({error})") from None
    return card


def load_state(name: str, directory: Path = DIRECTORY) -> dict[str, Tensor]:
    """The weights in float32, read and checked once a process. Share them; do not write to them."""
    with _reading, torch.inference_mode(False):  # a caller's inference mode must not rule out gradients for all others
        return _read_state(name, directory)


def load_whole_state(name: str, directory: Path = DIRECTORY) -> dict[str, Tensor]:
    """The weights; where a checkpoint holds only what tuning changed, over those of the base that its card names."""
    base = load_card(name, directory).get("base")
    return (load_whole_state(base, directory) if base else {}) | load_state(name, directory)


def restored(
    build: Callable[[], M],
    name: str,
    device: str = "cpu",
    base: Mapping[str, Tensor] | None = None,
    own: str = "",
) -> M:
    """A model with the weights of a checkpoint, frozen; ``build`` makes it without.

    ``base``: weights of those parameters that the checkpoint leaves as they were, by their names in this model.
    ``own``: what the names of its weights begin with, where several models lie in one checkpoint.
    """
    with torch.inference_mode(False):
        with unfilled():
            model = build()
        found = {key.removeprefix(own): weight for key, weight in load_state(name).items() if key.startswith(own)}
        state = {key: weight.to(device) for key, weight in {**(base or {}), **found}.items()}
        model.load_state_dict(state, assign=True)
        return model.eval().requires_grad_(False)


@cache
def _read_state(name: str, directory: Path) -> dict[str, Tensor]:
    card = load_card(name, directory)
    try:
        data = (directory / f"{name}.safetensors").read_bytes()
    except OSError:
        raise CheckpointError(name, "has no weights") from None
    if hashlib.sha256(data).hexdigest() != card.get("sha256"):
        raise CheckpointError(name, "does not match the hash in its card")
    try:
        return {key: value.float() for key, value in read_tensors(data).items()}
    except SafetensorError as error:
        raise CheckpointError(name, f"is damaged ({error})") from None
