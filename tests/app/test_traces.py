import pytest

from app.engine import Engine
from app.web.trace_answer import traced


@pytest.fixture(scope="module")
def engine() -> Engine:
    started = Engine("cpu")
    started.start()
    return started


ASKED = {"entry": "softmax", "values": {}, "figure": "probabilities", "trace": 0, "point": [1], "frame": 0}


def test_a_click_is_answered_with_words_cells_and_the_line(engine: Engine) -> None:
    told = traced(engine, ASKED | {"figure": "jacobian", "point": [2, 2]})
    assert told["function"] == "softmax_jacobian"
    assert told["point"] == [2, 2]
    assert "<ol>" in told["html"]
    assert told["line"].startswith("return torch.diag_embed(p)")


def test_without_a_point_it_says_which_it_took(engine: Engine) -> None:
    assert traced(engine, ASKED | {"point": []})["point"] == [0]


@pytest.mark.parametrize(
    "change",
    [
        {"entry": "nowhere"}, {"values": 3}, {"values": {"shift": "x"}}, {"figure": 7}, {"figure": "nothing"},
        {"trace": "0"}, {"trace": 9}, {"point": [99]}, {"point": [-1]}, {"point": [0, 0, 0]}, {"point": "0"},
        {"frame": -1},
    ],
    ids=str,
)  # fmt: skip
def test_a_request_that_makes_no_sense_gets_nothing(engine: Engine, change: dict[str, object]) -> None:
    assert traced(engine, ASKED | change) == {}


def test_what_cannot_be_explained_is_no_error_of_the_page(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: object) -> None:
        raise RuntimeError("no rule")

    monkeypatch.setattr(engine, "explain", raising)
    assert traced(engine, ASKED) == {}
