"""The copy that a Space is given and the steps of the Dockerfile, each started in an environment that held nothing."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.export.space import assemble
from tests.browser.conftest import Open
from tests.load.page_times import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("hosting")]

ROOT = Path(__file__).parents[2]
Step = tuple[str, str]


def dockerfile() -> list[Step]:
    """Its instructions in order, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with what requirements.txt lists and nothing else; its Python.

    Only torch is another version: the one that the tests run on, since the pinned one comes with CUDA.
    """
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    listed = (ROOT / "requirements.txt").read_text()
    here = re.search(r"^TORCH\s*\?= (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert here is not None
    (folder / "requirements.txt").write_text(re.sub(r"^torch==.*$", here[1], listed, flags=re.MULTILINE))
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", folder / "requirements.txt"], check=True)
    return python


@contextmanager
def started(command: list[str], folder: Path, environment: dict[str, str], port: int) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(900):
            try:
                urllib.request.urlopen(address, timeout=30).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, f"{command} ended with {process.returncode}"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def clean_environment(**added: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "OMP_NUM_THREADS") if name in os.environ}
    return kept | {"GRADIO_ANALYTICS_ENABLED": "False", **added}


def test_the_copy_of_a_space_starts_as_the_hub_starts_it(empty: Path, tmp_path: Path, tab: Open) -> None:
    assemble(tmp_path / "space")
    port = free_port()
    environment = clean_environment(GRADIO_SERVER_NAME="0.0.0.0", GRADIO_SERVER_PORT=str(port))
    with started([str(empty), "space.py"], tmp_path / "space", environment, port) as address:
        page = tab(f"{address}?entry=softmax")
        assert page.inner_text("#head h1") == "Softmax"
        with pytest.raises(urllib.error.HTTPError) as refused:  # the classes' route is there, and wants a question
            urllib.request.urlopen(f"{address}modelarium/room", data=b"{}")
        assert refused.value.code == 400


def test_the_steps_of_the_dockerfile_end_in_a_page_that_is_healthy(empty: Path, tmp_path: Path, tab: Open) -> None:
    steps = dockerfile()
    assert steps[0] == ("FROM", "python:3.12-slim")
    folder, environment, port = tmp_path / "image", clean_environment(), free_port()
    folder.mkdir()
    users, health, command = [], [], []
    for instruction, argument in steps[1:]:
        if instruction == "COPY":
            *sources, target = argument.split()
            for source in sources:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, folder / (target if target != "." else Path(source).name))
        elif instruction == "ENV":
            environment |= dict(pair.split("=", 1) for pair in shlex.split(argument))
        elif instruction == "USER":
            users.append(argument)
        elif instruction == "HEALTHCHECK":
            health = json.loads(argument.split(" CMD ", 1)[1])
        elif instruction == "CMD":
            command = json.loads(argument)
        elif instruction == "RUN" and argument.startswith("pip install"):
            assert argument.endswith("--requirement requirements.txt")  # done once, by the fixture
            assert (folder / "requirements.txt").is_file()
        else:
            assert instruction in ("WORKDIR", "ARG", "EXPOSE") or argument.startswith("useradd"), argument
    assert users == ["modelarium"]
    assert environment["GRADIO_SERVER_NAME"] == "0.0.0.0"
    before = {path for path in folder.rglob("*") if "__pycache__" not in path.parts}
    environment["GRADIO_SERVER_PORT"] = str(port)
    with started([str(empty), *command[1:]], folder, environment, port) as address:
        tab(f"{address}?entry=softmax")
        probe = [str(empty), *(part.replace("7860", str(port)) for part in health[1:])]
        assert subprocess.run(probe, timeout=30).returncode == 0
    assert subprocess.run(probe, timeout=30, stderr=subprocess.DEVNULL).returncode != 0
    after = {path for path in folder.rglob("*") if "__pycache__" not in path.parts}
    assert after == before, "a container whose files cannot be written would not start"


def test_what_the_dockerfile_copies_is_what_a_space_is_given() -> None:
    copied = {one for name, argument in dockerfile() if name == "COPY" for one in argument.split()[:-1]}
    assert copied == {"app", "models", "visualizers", "glossary", "assets", "space.py", "requirements.txt"}
