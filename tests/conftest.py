"""What every test takes for granted, and the table of entries that were verified at five seeds."""

import pytest
import torch
from hypothesis import settings

from tests.entries import fingerprints

torch.set_num_threads(1)  # small models are slower on two threads, and the machine is shared
settings.register_profile("modelarium", deadline=None)  # a first call pays for imports and kernels
settings.load_profile("modelarium")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="every entry at five seeds, every switch in the browser")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # with several workers the one that starts them writes the table
        config.pluginmanager.register(VerifiedTable(), "verified-table")


class VerifiedTable:
    """Notes which entries held at five seeds, and strikes out those that did not."""

    def __init__(self) -> None:
        self.found: dict[str, str | None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.when == "call" and "entry" in told:
            self.found[str(told["entry"])] = str(told["verified"]) if "verified" in told else None

    def pytest_sessionfinish(self) -> None:
        if self.found:
            table = {**fingerprints.read(), **self.found}
            fingerprints.write({slug: now for slug, now in table.items() if now is not None})
