"""What ``new`` writes runs at once, and fails only where the author must think."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.authoring import CannotWrite, files, write
from glossary import reader

ROOT = Path(__file__).parents[2]
CHAPTER, SLUGS = next(
    (chapter.slug, [slug for slug in chapter.entries if slug not in reader.entries()][:2])
    for chapter in reader.chapters()
    if len([slug for slug in chapter.entries if slug not in reader.entries()]) > 1
)


def said(tree: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    for path in ("app", "glossary", "tests"):
        subprocess.run(["cp", "-rp", str(ROOT / path), str(folder / path)], check=True)
    for path in ("models", "visualizers", "assets", "pyproject.toml"):
        (folder / path).symlink_to(ROOT / path)
    write(f"{CHAPTER}/brand_new", SLUGS, folder)
    return folder


def test_each_entry_runs_and_its_one_claim_fails(tree: Path) -> None:
    told = said(tree, "app", "run", SLUGS[0])
    assert "Standard deviation of the values" in told
    assert "FAILED TODO" in told


def test_the_only_thing_that_does_not_fit_is_the_citation(tree: Path) -> None:
    lines = said(tree, "app.binding").splitlines()
    assert lines == [f"{slug}: citation 'TODO#section' is not in glossary/references" for slug in SLUGS]


def test_its_own_test_passes_and_of_the_others_only_the_claim_fails(tree: Path) -> None:
    slug = SLUGS[0]
    of_all = [path for path in tree.glob("tests/entries/test_*.py") if "reader.entries()" in path.read_text("utf-8")]
    (own,) = tree.glob("tests/entries/test_*brand_new.py")
    paths = [str(path.relative_to(tree)) for path in sorted({*of_all, own})]
    told = said(tree, "pytest", "-n", "0", "-q", *paths, "-k", f"{slug} and not changed", "-p", "no:cacheprovider")
    failed = {line.split("::")[1].split("[")[0] for line in told.splitlines() if line.startswith("FAILED")}
    assert failed == {
        "test_claims_hold_and_break_as_the_entry_says",
        "test_every_script_is_short_and_prints_the_numbers_of_its_page",  # it prints that the claim failed
    }


def test_what_has_no_place_is_refused() -> None:
    with pytest.raises(CannotWrite, match="takes chapter/family_name"):
        files("nowhere/x", SLUGS)
    with pytest.raises(CannotWrite, match="not listed under"):
        files(f"{CHAPTER}/x", ["no-such-entry"])
    with pytest.raises(CannotWrite, match="is there already"):
        write("foundations/softmax", ["softmax"])
