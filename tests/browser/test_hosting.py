"""The copy that a Space is given and the steps of the Dockerfile, each started in an environment that held nothing."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.export.space import assemble
from tests.browser.conftest import Open, answering
from tests.load.page_times import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("hosting")]

ROOT = Path(__file__).parents[2]
Step = tuple[str, str]


def dockerfile() -> list[Step]:
    """Its instructions in order, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def closure(requirements: Iterable[str]) -> set[str]:
    """The distributions that these requirements and their own need here."""
    pending, found = [Requirement(line).name for line in requirements], set[str]()
    while pending:
        name = canonicalize_name(pending.pop())
        if name in found:
            continue
        found.add(name)
        needed = map(Requirement, metadata.requires(name) or ())
        pending += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def bring(python: Path, requirements: Iterable[str]) -> None:
    """Puts installed distributions into another virtual environment, which then has these and no others."""
    (site,) = (python.parents[1] / "lib").glob("python3.*/site-packages")
    for name in closure(requirements):
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or () if file.parts[0] != ".."}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution.locate_file(top))))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with what requirements.txt lists and nothing else; its Python.

    Its packages are those of the tests' own environment, so that no network is needed; torch is therefore the version
    that the tests run on.
    """
    folder = tmp_path_factory.mktemp("empty")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    listed = (ROOT / "requirements.txt").read_text().splitlines()
    python = folder / "bin" / "python"
    bring(python, [line for line in listed if line.strip() and not line.startswith("#")])
    return python


def clean_environment(**added: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "OMP_NUM_THREADS") if name in os.environ}
    return kept | {"GRADIO_ANALYTICS_ENABLED": "False", **added}


def test_the_copy_of_a_space_starts_as_the_hub_starts_it(empty: Path, tmp_path: Path, tab: Open) -> None:
    assemble(tmp_path / "space")
    port = free_port()
    environment = clean_environment(GRADIO_SERVER_NAME="0.0.0.0", GRADIO_SERVER_PORT=str(port))
    with answering([str(empty), "space.py"], port, tmp_path / "space", environment) as address:
        page = tab(f"{address}?entry=softmax")
        assert page.inner_text("#head h1") == "Softmax"
        room = urllib.request.Request(f"{address}modelarium/room", b"{}", {"content-type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as refused:  # the classes' route is there, and wants a question
            urllib.request.urlopen(room)
        assert refused.value.code == 400
        page.close()


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
    with answering([str(empty), *command[1:]], port, folder, environment) as address:
        tab(f"{address}?entry=softmax").close()
        probe = [str(empty), *(part.replace("7860", str(port)) for part in health[1:])]
        assert subprocess.run(probe, timeout=30).returncode == 0
    assert subprocess.run(probe, timeout=30, stderr=subprocess.DEVNULL).returncode != 0
    after = {path for path in folder.rglob("*") if "__pycache__" not in path.parts}
    assert after == before, "a container whose files cannot be written would not start"


def test_what_the_dockerfile_copies_is_what_a_space_is_given() -> None:
    copied = {one for name, argument in dockerfile() if name == "COPY" for one in argument.split()[:-1]}
    assert copied == {"app", "models", "visualizers", "glossary", "assets", "space.py", "requirements.txt"}


DRESSED = """
import torch
torch.version.cuda, torch._C._cuda_init, torch.cuda._is_in_bad_fork = "12.8", bool, bool
"""
"""What the Hub's package looks for in torch, in a build without CUDA."""

LENT = """
from dataclasses import replace
import app.web.zero_gpu as zero_gpu
real = zero_gpu.experiment
def heavy(id):
    found = real(id)
    return replace(found, heavy=lambda controls: True, run=lambda controls, device: found.run(controls, "cpu"))
zero_gpu.experiment = heavy
found = zero_gpu.borrowing("foundations/softmax")
[result] = found.run(found.controls(), "cpu")
print(found.measure(result) == real("foundations/softmax").measure(result), *found.notices(result), sep="; ")
"""

WITH_A_DRIVER = """
torch.Tensor.cuda = lambda self, *args, **kwargs: self
torch.cuda.synchronize = bool
"""
"""In the worker, which the package shows the real torch: what it does first, without a card."""


@pytest.fixture
def scheduler() -> Iterator[tuple[str, list[str]]]:
    """What lends GPUs on the Hub, as far as its package asks: its address, and what it was asked."""
    asked: list[str] = []

    class Scheduler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            lent = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0", "allowToken": "token"}
            body = json.dumps(lent if self.path.startswith("/schedule") else {}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Scheduler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()


@pytest.fixture(scope="module")
def with_spaces(empty: Path) -> Path:
    """The same environment with the package that the Hub adds."""
    bring(empty, ["spaces"])
    return empty


def on_zero_gpu(address: str, **added: str) -> dict[str, str]:
    return clean_environment(SPACES_ZERO_GPU="true", SPACES_ZERO_DEVICE_API_URL=address, **added)


def test_zero_gpu_finds_the_marked_function_when_the_page_is_launched(
    with_spaces: Path, scheduler: tuple[str, list[str]], tab: Open
) -> None:
    address, asked = scheduler
    port = free_port()
    environment = on_zero_gpu(address, GRADIO_SERVER_PORT=str(port))
    start = f"{DRESSED}import runpy; runpy.run_path('space.py', run_name='__main__')"
    with answering([str(with_spaces), "-c", start], port, ROOT, environment) as site:
        assert asked == ["/startup-report"]
        page = tab(f"{site}?entry=softmax")
        assert page.inner_text("#runbar .line").split(" · ")[2] == "cpu"
        assert asked == ["/startup-report"], "an ordinary run uses up no quota"
        page.close()


def borrowed(python: Path, address: str, prelude: str) -> str:
    said = subprocess.run(
        [python, "-c", prelude + LENT], cwd=ROOT, env=on_zero_gpu(address), capture_output=True, text=True, timeout=120
    )
    assert said.returncode == 0, said.stderr
    return next(line for line in said.stdout.splitlines() if line.startswith(("True", "False")))


def test_a_heavy_run_borrows_a_gpu_for_a_short_time_and_gives_it_back(
    with_spaces: Path, scheduler: tuple[str, list[str]]
) -> None:
    address, asked = scheduler
    assert borrowed(with_spaces, address, DRESSED + WITH_A_DRIVER) == "True; Computed on a GPU that the Hub lent"
    assert [path.split("?")[0] for path in asked] == ["/schedule", "/allow", "/release"]
    assert "durationSeconds=30" in asked[0]
    assert "fail=true" not in asked[2]


def test_a_heavy_run_goes_to_the_cpu_if_the_gpu_does_not_come(
    with_spaces: Path, scheduler: tuple[str, list[str]]
) -> None:
    address, asked = scheduler
    said = borrowed(with_spaces, address, DRESSED)
    assert said.startswith("True; No GPU was lent")
    assert said.endswith("; computed on the CPU")
    assert "fail=true" in asked[-1]


def test_the_package_alone_changes_nothing(with_spaces: Path) -> None:
    script = "import sys; from app.web.launch import gpu_on_offer; print(gpu_on_offer(), 'spaces' in sys.modules)"
    said = subprocess.run(
        [with_spaces, "-c", script], cwd=ROOT, env=clean_environment(), capture_output=True, text=True
    )
    assert said.stdout == "False False\n", said.stderr
