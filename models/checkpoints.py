"""Trained weights on disk: safetensors in half precision, and a card that says how they were made.

A checkpoint is two files, ``<name>.safetensors`` and ``<name>.json``. Nothing is ever unpickled.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor

DIRECTORY = Path(__file__).parent.parent / "assets" / "checkpoints"

_reading = Lock()


class CheckpointError(Exception):
    """A checkpoint is missing or damaged; the message names the command that makes it again."""

    def __init__(self, name: str, trouble: str, command: str) -> None:
        super().__init__(f"checkpoint '{name}' {trouble}; make it again with: {command}")


def save(name: str, state: Mapping[str, Tensor], card: Mapping[str, Any], directory: Path = DIRECTORY) -> None:
    """Write the weights in half precision, and the card with their hash added."""
    directory.mkdir(parents=True, exist_ok=True)
    data = write_tensors({key: value.detach().cpu().half().contiguous().clone() for key, value in state.items()})
    (directory / f"{name}.safetensors").write_bytes(data)
    full = {"name": name, **card, "torch": torch.__version__, "sha256": hashlib.sha256(data).hexdigest()}
    (directory / f"{name}.json").write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load_card(name: str, directory: Path = DIRECTORY) -> dict[str, Any]:
    """The card: command, seed, data, architecture, metrics, hash. A fresh copy each time."""
    path = directory / f"{name}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(name, "is missing", f"python -m models.training.{name}") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(name, f"has an unreadable card ({error})", f"python -m models.training.{name}") from None


def load_state(name: str, directory: Path = DIRECTORY) -> dict[str, Tensor]:
    """The weights in float32, read and checked once a process. Share them; do not write to them."""
    with _reading:
        return _read_state(name, directory)


@cache
def _read_state(name: str, directory: Path) -> dict[str, Tensor]:
    card = load_card(name, directory)
    command = card.get("command", f"python -m models.training.{name}")
    try:
        data = (directory / f"{name}.safetensors").read_bytes()
    except OSError:
        raise CheckpointError(name, "has no weights", command) from None
    if hashlib.sha256(data).hexdigest() != card.get("sha256"):
        raise CheckpointError(name, "does not match the hash in its card", command)
    try:
        return {key: value.float() for key, value in read_tensors(data).items()}
    except SafetensorError as error:
        raise CheckpointError(name, f"is damaged ({error})", command) from None
