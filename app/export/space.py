"""The folder that a Hugging Face Space is given: what the page needs to run, and nothing else.

``python -m app.export.space FOLDER [OWNER/NAME]`` fills the folder and says how to push it. Binary files of any size
are refused by the Hub's plain git, so the copy is pushed by the Hub's own command, which comes with Gradio.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "models", "visualizers", "glossary", "assets")
FILES = ("README.md", "LICENSE", "requirements.txt", "space.py")
LARGEST = 10 * 2**20
"""Bytes of one file; the Hub takes larger ones only as pointers."""

TRAINING = "models.training"
CODE = re.compile(r'^code = "([\w.]+):', re.MULTILINE)
PICTURE = re.compile(r"^thumbnail: (.+)\n", re.MULTILINE)


class CannotAssemble(Exception):
    """One clear line for the person at the keyboard; exit status 2."""


def needed(tracked: Iterable[str], imported: set[str]) -> list[str]:
    """Of the tracked paths those that a Space gets. Training code is left out unless it is among ``imported``."""
    chosen = []
    for path in tracked:
        parts = PurePosixPath(path)
        module = ".".join(parts.with_suffix("").parts).removesuffix(".__init__")
        training = module.startswith(TRAINING + ".") and module not in imported
        if path in FILES or (parts.parts[0] in ROOMS and not training):
            chosen.append(path)
    return chosen


def imported_training(root: Path) -> set[str]:
    """Modules of the training code that the page imports, directly or not, or whose source an entry shows.

    Raises CannotAssemble without the development tools.
    """
    try:
        from grimp import build_graph
    except ImportError as missing:
        raise CannotAssemble("the development tools are missing: `make space` installs them") from missing
    graph = build_graph("app", "models", "visualizers", "glossary")
    entries = (root / "glossary" / "entries").rglob("*.md")
    named = {name for entry in entries for name in CODE.findall(entry.read_text())}
    start = {name for name in graph.modules if name.split(".")[0] == "app"} | (named & graph.modules)
    reached = start.union(*(graph.find_upstream_modules(name) for name in start))
    return {name for name in reached if name.startswith(TRAINING + ".")}


def with_picture(readme: str, space: str | None) -> str:
    """The README with the full address of its thumbnail, which the Hub asks for, or without one if nobody knows it."""
    address = "thumbnail: https://huggingface.co/spaces/{}/resolve/main/{}\n"
    return PICTURE.sub(lambda found: address.format(space, found[1]) if space else "", readme, count=1)


def assemble(folder: Path, space: str | None = None) -> list[str]:
    """Fills the folder anew and returns what is in it. Raises CannotAssemble."""
    if space is not None and not re.fullmatch(r"[\w.-]+/[\w.-]+", space):
        raise CannotAssemble(f"SPACE: takes owner/name; you gave {space!r}")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        raise CannotAssemble("a Space is assembled from a git checkout; this folder is none")
    paths = needed(listing.stdout.split("\0")[:-1], imported_training(ROOT))
    for path in paths:
        size = (ROOT / path).stat().st_size
        if size > LARGEST:
            raise CannotAssemble(f"{path}: {size / 2**20:.1f} MB; a Space gets no file over {LARGEST // 2**20} MB")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / path)
        readme = folder / "README.md"
        readme.write_text(with_picture(readme.read_text(), space))
    except OSError as problem:
        raise CannotAssemble(f"{folder}: cannot be written ({problem.strerror})") from problem
    return paths


def main(folder: str, space: str | None = None) -> int:
    try:
        paths = assemble(Path(folder), space)
    except CannotAssemble as problem:
        print(f"make space: {problem}", file=sys.stderr)
        return 2
    size = sum((Path(folder) / path).stat().st_size for path in paths)
    hub = Path(sys.executable).with_name("hf")
    print(
        f"{folder}: {len(paths)} files, {size / 2**20:.1f} MB.\n"
        f"To push it, once with a write token of yours and then at every change:\n"
        f"  {hub} auth login\n"
        f"  {hub} upload {space or 'OWNER/NAME'} {folder} . --type space --delete '*'\n"
        "docs/hosting.md says which hardware to choose."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
