"""The project with something missing or broken: one line that says what to do, and everything else goes on."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.load.page_times import free_port
from tests.load.thirty_people import Server

ROOT = Path(__file__).parents[2]
BROKEN, SOUND = "diffusion-model", "softmax"
TRAINING = "auxiliary-load-balancing-loss"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The project by links, so that one file can be another; its checkpoints and data are links of their own."""
    house = tmp_path / "house"
    (house / "assets").mkdir(parents=True)
    for room in ("app", "models", "visualizers", "glossary"):
        (house / room).symlink_to(ROOT / room)
    for part in (ROOT / "assets").iterdir():
        if part.name not in ("checkpoints", "data"):
            (house / "assets" / part.name).symlink_to(part)
            continue
        (house / "assets" / part.name).mkdir()
        for file in part.iterdir():
            (house / "assets" / part.name / file.name).symlink_to(file)
    return house


def altered(file: Path, damage: Callable[[bytes], bytes | None]) -> None:
    """Puts a damaged copy in place of a link; nothing where the damage leaves none."""
    data = damage(file.read_bytes())
    file.unlink()
    if data is not None:
        file.write_bytes(data)


def environment(**changed: str | None) -> dict[str, str]:
    kept = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONDONTWRITEBYTECODE": "1", **changed}
    kept.pop("PYTHONPATH", None)
    return {name: value for name, value in kept.items() if value is not None}


def ran(house: Path, *arguments: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=house, env=environment(**changed), capture_output=True, text=True, timeout=300)


class Running(Server):
    """A server whose process can be looked at, and what it wrote to its log."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        super().__init__(port, process)
        self.process = process

    def cpu_seconds(self) -> float:
        spent = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")

    def said(self, entry: str) -> dict[str, object]:
        """The last message to who opens an entry."""
        *_, last = self.told({"page": entry, "serial": time.monotonic_ns(), "query": f"?entry={entry}"})
        return last


@contextmanager
def serving(house: Path, **changed: str | None) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, "-m", "app", "--port", str(port), "--device", "cpu"]
    log = (house.parent / "log").open("wb")
    process = subprocess.Popen(command, cwd=house, env=environment(**changed), stderr=log)
    try:
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()
                break
            except OSError:
                assert process.poll() is None, (house.parent / "log").read_text()
                time.sleep(0.1)
        yield Running(port, process)
    finally:
        process.kill()
        process.wait()


WEIGHTS, CARD = "digit_denoiser.safetensors", "digit_denoiser.json"

DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes | None]]] = {
    "cut off": (WEIGHTS, lambda data: data[:1000]),
    "empty": (WEIGHTS, lambda data: b""),
    "missing": (WEIGHTS, lambda data: None),
    "one bit": (WEIGHTS, lambda data: data[:-1] + bytes([data[-1] ^ 1])),
    "no card": (CARD, lambda data: None),
    "an unreadable card": (CARD, lambda data: data[:10]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_named_on_the_command_line(house: Path, damage: str) -> None:
    file, change = DAMAGES[damage]
    altered(house / "assets" / "checkpoints" / file, change)
    left = ran(house, "run", BROKEN)
    assert left.returncode == 2
    assert "digit_denoiser" in left.stderr
    assert "make it again with" in left.stderr
    assert len(left.stderr.splitlines()) == 1


def test_a_damaged_checkpoint_or_tokenizer_is_named_on_its_page_and_the_others_go_on(house: Path) -> None:
    altered(house / "assets/checkpoints/digit_denoiser.safetensors", lambda data: data[:1000])
    altered(house / "assets/data/tokenizer.json", lambda data: None)
    with serving(house) as server:
        for entry, named in ((BROKEN, "digit_denoiser"), ("attention-mechanism", "tokenizer.json")):
            told = server.said(entry)
            assert told["state"] == "failed"
            assert named in json.dumps(told["parts"])
            assert "make it again with" in json.dumps(told["parts"])
        assert server.said(SOUND)["state"] == "done"
    assert "Traceback" not in (house.parent / "log").read_text()


def test_no_home_and_a_project_that_cannot_be_written(house: Path) -> None:
    writable = house.parent / "tmp"
    writable.mkdir()
    for folder in (house, house / "assets", house / "assets" / "checkpoints", house / "assets" / "data"):
        folder.chmod(0o555)
    try:
        with serving(house, HOME=None, TMPDIR=str(writable)) as server:
            assert server.said(SOUND)["state"] == "done"
    finally:
        house.chmod(0o755)
    assert not list(house.rglob("*.pyi"))


def test_a_file_that_cannot_be_written_is_named(house: Path) -> None:
    for place in ("/dev/full", str(house / "nowhere" / "run.json")):
        left = ran(house, "run", SOUND, "--json", place)
        assert left.returncode == 2
        assert f"{place}: cannot be written" in left.stderr
        assert "Traceback" not in left.stderr


def test_a_disk_that_fills_up_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    """Stands for a full disk: the system refuses the file past 2 KB, in the middle of a write."""
    place = tmp_path / "run.json"
    place.write_text("the run of yesterday")
    small = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (2048, 2048))
    command = [sys.executable, "-B", "-m", "app", "run", SOUND, "--json", str(place)]
    left = subprocess.run(command, capture_output=True, text=True, preexec_fn=small, timeout=120)
    assert left.returncode == 2
    assert f"{place}: cannot be written (File too large)" in left.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["run.json"]
    assert place.read_text() == "the run of yesterday"


def test_abandoned_trainings_stop_and_block_nobody(house: Path) -> None:
    with serving(house) as server:
        assert server.said(SOUND)["state"] == "done"
        for number in range(20):
            query = f"?entry={TRAINING}&steps=1200&seed={number}"
            told = server.told({"page": f"page {number}", "serial": number + 1, "query": query})
            next(told)
            told.close()
        time.sleep(4)
        before = server.cpu_seconds()
        time.sleep(2)
        assert server.cpu_seconds() - before < 0.5
        assert server.said(SOUND)["state"] == "done"


def test_a_server_that_is_told_to_stop_in_a_run_stops(house: Path) -> None:
    with serving(house) as server:
        told = server.told({"page": "p", "serial": 1, "query": f"?entry={TRAINING}&steps=1200"})
        next(told)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) in (0, -signal.SIGTERM)
        told.close()
    assert "Traceback" not in (house.parent / "log").read_text()
