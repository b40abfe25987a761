"""What the Hub, a container and another torch are told: front matter, requirements, the copy that is pushed."""

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.export.space import LARGEST, CannotAssemble, assemble, needed, with_picture

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
ZERO_GPU_PYTHON = ("3.10.13", "3.12.12")
ZERO_GPU_TORCH = ("2.8.0", "2.9.1", "2.10.0", "2.11.0")
"""What the Hub's page on ZeroGPU listed in August 2026."""


def front_matter() -> dict[str, Any]:
    _, block, _ = (ROOT / "README.md").read_text().split("---\n", 2)
    return dict(yaml.safe_load(block))


def requirements() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def pinned(name: str, lines: list[str]) -> str:
    return next(line.removeprefix(f"{name}==") for line in lines if line.startswith(f"{name}=="))


def test_the_front_matter_says_what_the_project_says() -> None:
    front = front_matter()
    assert front["sdk"] == "gradio"
    assert front["sdk_version"] == pinned("gradio", PROJECT["dependencies"])
    assert front["title"].lower() == PROJECT["name"]
    assert front["license"] == PROJECT["license"].lower()
    assert front["python_version"] in ZERO_GPU_PYTHON
    assert parts(front["python_version"]) >= parts(PROJECT["requires-python"].removeprefix(">="))
    assert (ROOT / front["app_file"]).is_file()
    assert (ROOT / front["thumbnail"]).is_file()


def test_the_hub_accepts_the_front_matter() -> None:
    front = front_matter()
    assert {front["colorFrom"], front["colorTo"]} <= COLOURS
    assert len(front["short_description"]) <= 60
    assert front["fullWidth"] is True
    assert front["header"] == "mini"
    assert re.fullmatch(r"\d+[mh]", front["startup_duration_timeout"])
    assert len(front["emoji"]) == 1
    assert not front["emoji"].isascii()


def test_a_space_installs_what_the_project_declares() -> None:
    def others(lines: list[str]) -> list[str]:
        return [line for line in lines if not line.startswith("torch")]

    assert others(requirements()) == others(PROJECT["dependencies"])


def torch_range() -> tuple[list[int], list[int]]:
    """The oldest torch that the project allows, and the first that it does not."""
    declared = next(one for one in PROJECT["dependencies"] if one.startswith("torch"))
    oldest, newer = re.fullmatch(r"torch>=([\d.]+),<([\d.]+)", declared).groups()
    return parts(oldest), parts(newer)


def test_a_space_takes_a_torch_that_zero_gpu_lists_and_the_project_allows() -> None:
    torch = pinned("torch", requirements())
    oldest, newer = torch_range()
    assert torch in ZERO_GPU_TORCH
    assert oldest <= parts(torch) < newer


def test_make_installs_a_torch_within_the_range_and_tests_its_oldest() -> None:
    makefile = (ROOT / "Makefile").read_text()
    default = re.search(r"^TORCH\s*\?= torch==(\S+)$", makefile, re.MULTILINE)[1]
    tested = re.search(r"torch==(\S+) --editable '.\[dev\]'", makefile)[1]
    oldest, newer = torch_range()
    assert parts(tested)[: len(oldest)] == oldest
    assert oldest <= parts(default) < newer


def test_training_code_is_pushed_only_where_the_page_imports_it() -> None:
    tracked = ["README.md", "Makefile", "tests/test_a.py", "app/page.py", "models/training/loop.py", "assets/a.json"]
    assert needed(tracked, set()) == ["README.md", "app/page.py", "assets/a.json"]
    assert "models/training/loop.py" in needed(tracked, {"models.training.loop"})


def test_the_copy_holds_what_the_page_imports_and_no_more(tmp_path: Path) -> None:
    copied = assemble(tmp_path / "space")
    assert {path.split("/")[0] for path in copied} == {
        *("app", "models", "visualizers", "glossary", "assets"),
        *("README.md", "LICENSE", "requirements.txt", "space.py"),
    }
    assert "models/training/__main__.py" not in copied
    assert max((tmp_path / "space" / path).stat().st_size for path in copied) <= LARGEST
    script = "from app import binding; binding.check(); print('every entry is bound')"
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path / "space", capture_output=True, text=True, timeout=300
    )
    assert said.stdout == "every entry is bound\n", said.stderr


def test_a_name_of_a_space_gives_the_picture_an_address() -> None:
    readme = "---\ntitle: A\nthumbnail: assets/a.png\n---\n"
    assert "thumbnail: https://huggingface.co/spaces/ann/b/resolve/main/assets/a.png\n" in with_picture(readme, "ann/b")
    assert with_picture(readme, None) == "---\ntitle: A\n---\n"


@pytest.mark.parametrize("name", ["modelarium", "a/b/c", "a b/c"])
def test_a_wrong_name_of_a_space_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotAssemble, match="owner/name"):
        assemble(tmp_path / "space", name)


def test_a_folder_that_cannot_be_written_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = subprocess.run(
        [sys.executable, "-m", "app.export.space", str(tmp_path / "file" / "space")],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 2
    assert len(said.stderr.splitlines()) == 1
    assert "cannot be written" in said.stderr


@pytest.mark.parametrize("port", ["abc", "0", "70000", "7860.5", ""])
def test_a_wrong_port_is_one_line_and_status_2(port: str) -> None:
    said = start(GRADIO_SERVER_PORT=port)
    assert said.returncode == 2
    assert said.stderr == f"space.py: GRADIO_SERVER_PORT: takes a port from 1 to 65535; you gave {port!r}\n"


def test_a_port_in_use_is_one_line_and_status_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = start(GRADIO_SERVER_PORT=str(port))
    assert said.returncode == 2
    assert said.stderr == f"space.py: GRADIO_SERVER_PORT: 127.0.0.1:{port} cannot be used (Address already in use)\n"


WITHOUT_TOKENIZERS = """
import importlib.machinery, runpy, sys
find = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = lambda name, *more: None if name == "tokenizers" else find(name, *more)
"""


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (
            "runpy.run_path('space.py', run_name='__main__')",
            "space.py: tokenizers: not installed; `pip install -r requirements.txt` brings it\n",
        ),
        (
            "from app.__main__ import main; sys.exit(main(['serve']))",
            "python -m app: tokenizers: not installed; `make run` installs what is missing\n",
        ),
    ],
)
def test_a_missing_package_is_one_line_and_status_2(start: str, line: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_TOKENIZERS + start], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (said.returncode, said.stderr) == (2, line)


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "space.py"], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=60
    )
