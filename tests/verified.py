"""Tables of what was verified, each line with a hash of all that it depends on; the test run itself writes them.

A test notes what it verified with ``record_property(kind, name)`` and, where it held, ``record_property("verified",
hash)``; what did not hold is struck out.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TABLES = {"entry": TESTS / "entries" / "verified.toml", "checkpoint": TESTS / "models" / "verified.toml"}
"""What a line is about → where it stands."""

HEADER = """\
# {kinds} that were verified, each with a hash of all that this depends on. Written by the tests: what is missing here,
# or has another hash now, is verified again by the next `make test`.
"""
KINDS = {"entry": "Entries at five seeds", "checkpoint": "Cards of checkpoints"}


def read(kind: str) -> dict[str, str]:
    """Name → the hash at which it was verified."""
    path = TABLES[kind]
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def stands(kind: str, name: str, now: str, config: pytest.Config) -> bool:
    """Whether that name was verified at this hash, and need not be again; nothing stands with ``--all``."""
    return read(kind).get(name) == now and not config.getoption("all")


def write(kind: str, table: Mapping[str, str]) -> None:
    lines = [f'{name} = "{table[name]}"' for name in sorted(table)]
    TABLES[kind].write_text(HEADER.format(kinds=KINDS[kind]) + "".join(f"{line}\n" for line in lines), encoding="utf-8")


class Verified:
    """Notes during a test run what held, and writes it down at the end."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, str | None]] = {kind: {} for kind in TABLES}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        for kind, found in self.found.items():
            if report.when == "call" and kind in told:
                found[str(told[kind])] = str(told["verified"]) if "verified" in told else None

    def pytest_sessionfinish(self) -> None:
        for kind, found in self.found.items():
            if found:
                table = {**read(kind), **found}
                write(kind, {name: now for name, now in table.items() if now is not None})
