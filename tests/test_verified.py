"""The tables of what was verified."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import verified
from tests.verified import Verified, read, stands, write


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verified, "TABLES", {kind: tmp_path / kind for kind in verified.TABLES})


def test_a_table_reads_as_it_was_written() -> None:
    assert read("entry") == {}
    write("entry", {"rope": "b", "alibi": "a"})
    assert list(read("entry").items()) == [("alibi", "a"), ("rope", "b")]


def test_what_held_is_noted_and_what_did_not_is_struck_out() -> None:
    write("checkpoint", {"decoder": "a", "draft": "b", "sft": "c"})
    run = Verified()
    for told in ([("checkpoint", "decoder"), ("verified", "d")], [("checkpoint", "draft")], []):
        run.pytest_runtest_logreport(SimpleNamespace(when="call", user_properties=told))
    run.pytest_sessionfinish()
    assert read("checkpoint") == {"decoder": "d", "sft": "c"}
    assert read("entry") == {}


def test_only_what_was_verified_at_this_hash_stands() -> None:
    write("checkpoint", {"decoder": "a"})
    config, whole = (SimpleNamespace(getoption=lambda name, all=all: all) for all in (False, True))
    assert stands("checkpoint", "decoder", "a", config)
    assert not stands("checkpoint", "decoder", "b", config)
    assert not stands("checkpoint", "draft", "a", config)
    assert not stands("checkpoint", "decoder", "a", whole)
