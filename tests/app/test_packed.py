"""Arrays travel packed, and a machine is named and sent with its figure."""

import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from app.experiments.base import Figure, Machine
from app.export.packed import packed
from app.web.figure_view import shown


@pytest.mark.parametrize(
    ("value", "kind", "plain"),
    [
        (torch.tensor([[1.5, -2.0]]), "f4", [1.5, -2.0]),
        (np.array([3, -4]), "i4", [3, -4]),
        (torch.tensor([True, False]), "u1", [1, 0]),
        (np.array([0.1]), "f8", [0.1]),
    ],
)
def test_an_array_keeps_its_numbers(value: torch.Tensor | np.ndarray, kind: str, plain: list[float]) -> None:
    found = packed({"deep": [value]})
    assert isinstance(found, dict)
    [array] = found["deep"]
    assert array["dtype"] == kind
    assert array["shape"] == ", ".join(map(str, value.shape))
    assert np.frombuffer(base64.b64decode(array["bdata"]), np.dtype(kind)).tolist() == plain


@pytest.mark.parametrize("value", [np.array([2**40]), np.array([1 + 2j]), np.array(["a"])])
def test_what_cannot_be_sent_is_named(value: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"32 bits|cannot be sent"):
        packed(value)


@pytest.mark.parametrize("name", ["", "two words", "../up", "Large", "ä"])
def test_a_machine_is_named_by_one_plain_word(name: str) -> None:
    with pytest.raises(ValueError, match="name: takes one word of small letters"):
        Machine(name, {})


def test_a_figure_is_sent_with_its_machine() -> None:
    drawn = Figure("Title", "Caption.", "Text.", go.Figure(), machine=Machine("painter", {"most": 3, "x": np.ones(2)}))
    told = json.loads(shown(1, 0, "n", "k", drawn))["machine"]
    assert (told["name"], told["numbers"]["most"], told["numbers"]["x"]["dtype"]) == ("painter", 3, "f8")
    assert json.loads(shown(1, 0, "n", "k", Figure("Title", "Caption.", "Text.", go.Figure())))["machine"] is None
