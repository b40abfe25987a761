"""What every test takes for granted."""

import pytest
import torch
from hypothesis import settings

from tests.verified import Verified

torch.set_num_threads(1)  # small models are slower on two threads, and the machine is shared
settings.register_profile("modelarium", deadline=None)  # a first call pays for imports and kernels
settings.load_profile("modelarium")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="five seeds everywhere, all checkpoints, every switch")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # with several workers the one that starts them writes the tables
        config.pluginmanager.register(Verified(), "verified")
