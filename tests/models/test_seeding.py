import subprocess
import sys

import torch
from torch import nn

from models.seeding import seeded, unfilled

IMPORTS = """
import sys
from torch import nn
from models.seeding import unfilled
with unfilled():
    nn.Embedding(4, 4), nn.Linear(4, 4), nn.Conv2d(1, 1, 3)
print("torch._dynamo" in sys.modules)
"""


def test_an_unfilled_model_has_shapes_and_no_weights():
    with unfilled():
        table = nn.Embedding(5, 3)
    assert table.weight.is_meta
    assert table.weight.shape == (5, 3)


def test_building_without_weights_does_not_import_the_compiler():
    found = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_seeded_weights_are_drawn_all_the_same():
    first, again, other = (seeded(lambda: nn.Embedding(5, 3), seed).weight for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.abs().min() > 0
