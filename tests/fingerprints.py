"""What an entry's evidence or a checkpoint's card depends on, as one hash: words, code, and the data that it names.

Comments and docstrings do not count, nor do figures and the way numbers are written: they measure nothing. A
checkpoint or data file counts if its name, or a part that an f-string has fixed, stands in the code that the
experiment or recipe imports.
"""

import ast
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from glossary import reader
from glossary.schema import Entry
from models.checkpoints import load_card
from models.training.recipes import recipes
from tests.import_graph import ROOT, imported, modules, tree

SEEDS = 5
APART = re.compile(r"(?<=\d)[,\u00a0](?=\d{3}\b)")
SHORTEST = 3
"""Letters of a text that may name a file."""


def text_of(entry: Entry) -> str:
    return (reader.ROOT / "entries" / entry.chapter / f"{entry.slug}.md").read_text(encoding="utf-8")


def plain(text: str) -> str:
    """The text without what sets thousands apart."""
    return APART.sub("", text)


def seeds_of(entry: Entry) -> list[int]:
    """Five seeds, taken from a hash of the entry's text."""
    digest = hashlib.sha256(plain(text_of(entry)).encode()).digest()
    return [int.from_bytes(digest[4 * n : 4 * n + 4]) % 2**31 for n in range(SEEDS)]


def fingerprint(entry: Entry) -> str:
    parts = [part for lesson in reader.lessons().values() for part in lesson.parts if part.entry == entry.slug]
    words = [plain(text_of(entry)), *(part.model_dump_json() for part in parts)]
    return hash_of(words, f"app.experiments.{entry.live.experiment.replace('/', '.')}.experiment")


def fingerprint_of_card(checkpoint: str) -> str:
    """Of the numbers on the card, of the weights, and of the recipe that measures them."""
    card = load_card(checkpoint)
    words = [json.dumps(card["metrics"], sort_keys=True), card["sha256"]]
    return hash_of(words, f"models.training.{recipes()[checkpoint].module}")


def hash_of(words: Sequence[str], start: str) -> str:
    """Of the words, of the modules that ``start`` is made of, and of the data that they name."""
    names = sorted(closure(start))
    texts = frozenset().union(*map(constants, names))
    whole = [*words, *map(code, names), *(digest(path) for path in data() if is_named(path, texts))]
    return hashlib.sha256("\0".join(whole).encode()).hexdigest()[:16]


@cache
def closure(start: str) -> frozenset[str]:
    """The modules of experiments and models that a module imports, itself too; without those that draw."""
    found, pending = set(), [start]
    while pending:
        name = pending.pop()
        if name in found or name.endswith(".figures") or not name.startswith(("app.experiments", "models")):
            continue
        found.add(name)
        pending += imported(name)
    return frozenset(found)


@cache
def code(name: str) -> str:
    """A hash of what a module does."""
    bare = ast.parse(modules()[name].read_text(encoding="utf-8"))
    for node in ast.walk(bare):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                node.value.value = ""
    return hashlib.sha256(ast.dump(bare).encode()).hexdigest()


@cache
def constants(name: str) -> frozenset[str]:
    """The texts in a module that may name a file."""
    found = (node.value for node in ast.walk(tree(name)) if isinstance(node, ast.Constant))
    return frozenset(text for text in found if isinstance(text, str) and len(text) >= SHORTEST and "\n" not in text)


@cache
def data() -> tuple[Path, ...]:
    return tuple(sorted(path for folder in ("checkpoints", "data") for path in (ROOT / "assets" / folder).iterdir()))


@cache
def digest(path: Path) -> str:
    if path.suffix == ".json" and path.parent.name == "checkpoints":  # the card holds the hash of the weights
        return str(json.loads(path.read_text(encoding="utf-8"))["sha256"])
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_named(path: Path, texts: frozenset[str]) -> bool:
    if path.suffix == ".safetensors":
        return False
    starts_or_ends = any(path.stem.startswith(text) or path.stem.endswith(text) for text in texts if "_" in text)
    return path.name in texts or path.stem in texts or starts_or_ends
