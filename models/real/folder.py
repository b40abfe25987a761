"""Published models on disk: a folder each, in the layout that the hub uses and other libraries read.

config.json has the settings, model.safetensors the weights (or several such files, with an index), tokenizer.json the
vocabulary, and card.json, which is ours, where all this came from, its licence and its hash.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from models.real import bert_files, gpt2_files, llama_files
from models.real.damaged import DamagedFile
from models.real.llama_files import Settings
from models.real.vocabulary import Vocabulary, read_vocabulary
from models.seeding import unfilled
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.sentence_encoder import SentenceEncoder

KINDS: Mapping[str, tuple[Any, Any]] = {
    **dict.fromkeys(("llama", "mistral", "qwen2", "qwen3"), (llama_files.decoder, llama_files.renamed)),
    "gpt2": (gpt2_files.decoder, gpt2_files.renamed),
    "bert": (bert_files.encoder, bert_files.renamed),
}
"""By the settings' ``model_type``: what builds the model, and what renames its tensors."""

CARD, SETTINGS, WEIGHTS, INDEX, TOKENIZER = (
    "card.json",
    "config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "tokenizer.json",
)

_loading = Lock()


def directory() -> Path:
    """Where published models lie: MODELARIUM_REAL, or a folder of the Python environment."""
    return Path(os.environ.get("MODELARIUM_REAL") or Path(sys.prefix, "share", "modelarium", "real"))


class Published(NamedTuple):
    """A published model with its vocabulary and card; shared by all who ask, so copy it before changing it."""

    model: Any
    vocabulary: Vocabulary
    card: dict[str, Any]
    end: int | None
    """The token behind which a text is over."""


def present(kind: str | None = None, where: Path | None = None) -> tuple[str, ...]:
    """The names of what is there, in order; with ``kind`` only that: decoder, sentence encoder or vocabulary.

    What has no readable card is not there: the others go on working.
    """
    found = []
    for path in sorted((where or directory()).glob(f"*/{CARD}")):
        with suppress(DamagedFile):
            if kind in (None, read_json(path).get("kind")):
                found.append(path.parent.name)
    return tuple(found)


def whole(folder: Path) -> bool:
    """Whether a folder has its card, and every file that the card names as it was fetched."""
    try:
        check_hashes(folder, read_json(folder / CARD))
    except DamagedFile:
        return False
    return True


def load_decoder(name: str, device: str = "cpu", where: Path | None = None) -> Published:
    """A published causal language model in this project's decoder, once a process; raises DamagedFile."""
    return _loaded(name, device, where or directory(), Decoder)


def load_encoder(name: str, device: str = "cpu", where: Path | None = None) -> Published:
    """A published sentence encoder in this project's encoder, once a process; raises DamagedFile."""
    return _loaded(name, device, where or directory(), SentenceEncoder)


def decoder_sizes(name: str, where: Path | None = None) -> DecoderConfig:
    """The sizes of a published decoder, from its settings alone; raises DamagedFile."""
    path = (where or directory()) / name / SETTINGS
    model = _unfilled(path, read_json(path))
    if not isinstance(model, Decoder):
        raise DamagedFile(path, "is of another kind of model than a Decoder")
    return model.config


def load_vocabulary(name: str, where: Path | None = None) -> Vocabulary:
    """A published vocabulary, with or without a model; raises DamagedFile."""
    folder = (where or directory()) / name
    check_hashes(folder, read_json(folder / CARD))
    return read_vocabulary(folder / TOKENIZER)


def _loaded(name: str, device: str, where: Path, kind: type[nn.Module]) -> Published:
    with _loading, torch.inference_mode(False):  # a caller's inference mode must not rule out gradients for others
        found = _read(name, device, where)
    if not isinstance(found.model, kind):
        raise DamagedFile(where / name / SETTINGS, f"is of another kind of model than a {kind.__name__}")
    return found


@cache
def _read(name: str, device: str, where: Path) -> Published:
    folder = where / name
    card, config = read_json(folder / CARD), read_json(folder / SETTINGS)
    check_hashes(folder, card)
    model = read_model(folder, config)
    vocabulary = read_vocabulary(folder / TOKENIZER, config["vocab_size"])
    end = config.get("eos_token_id")
    return Published(model.to(device), vocabulary, card, end if isinstance(end, int) else None)


def check_hashes(folder: Path, card: Mapping[str, Any]) -> None:
    """Every file that the card names is the one that was fetched; raises DamagedFile."""
    for file, expected in card.get("sha256", {CARD: "which has none"}).items():
        if sha256(folder / file) != expected:
            raise DamagedFile(folder / file, "does not match the hash in its card")


def sha256(path: Path) -> str:
    """Hash of a file; raises DamagedFile where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DamagedFile(path, f"cannot be read ({error.strerror})") from error


def read_json(path: Path) -> dict[str, Any]:
    """A file of settings; raises DamagedFile."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedFile(path, f"cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise DamagedFile(path, "does not hold named settings")
    return found


def read_model(folder: Path, config: Settings) -> nn.Module:
    """The model of a folder in float32, frozen; every tensor is used, every weight is set, or DamagedFile."""
    model = _unfilled(folder / SETTINGS, config)
    _, rename = KINDS[config["model_type"]]
    wanted = {name: weight.shape for name, weight in model.named_parameters()}
    state: dict[str, Tensor] = {}
    for path, name, tensor in tensors(folder):
        for ours, weight in rename(name, tensor, config).items():
            if wanted.get(ours) != weight.shape:
                fits = f"{tuple(wanted[ours])}" if ours in wanted else "no such tensor"
                raise DamagedFile(path, f"holds {name} of {tuple(weight.shape)}; the settings say {fits}")
            state[ours] = weight.float()
    if missing := sorted(wanted.keys() - state.keys()):
        raise DamagedFile(folder / WEIGHTS, f"lacks {missing[0]} and {len(missing) - 1} other weights")
    model.load_state_dict(state, assign=True, strict=False)  # a module in two places has two names for one weight
    return model.eval().requires_grad_(False)


def _unfilled(path: Path, config: Settings) -> nn.Module:
    """The model of these settings without its weights; DamagedFile where there is none such."""
    kind = config.get("model_type")
    if kind not in KINDS:
        raise DamagedFile(path, f"names the architecture {kind!r}; {', '.join(KINDS)} are read")
    build, _ = KINDS[kind]
    try:
        with unfilled():
            model: nn.Module = build(config)
    except (KeyError, ValueError) as error:
        raise DamagedFile(path, f"does not fit: {error}") from error
    return model


def tensors(folder: Path) -> Iterator[tuple[Path, str, Tensor]]:
    """File, name and numbers of each tensor in turn, so that no file is ever held whole."""
    index = folder / INDEX
    files = sorted(set(read_json(index)["weight_map"].values())) if index.exists() else [WEIGHTS]
    for path in (folder / file for file in files):
        try:
            with safe_open(path, "pt") as file:
                for name in file.keys():  # noqa: SIM118 - the library's object is no mapping
                    yield path, name, file.get_tensor(name)
        except (OSError, SafetensorError) as error:
            raise DamagedFile(path, f"is damaged ({error})") from error
