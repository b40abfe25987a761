"""What goes to the browser is JSON, whatever a run measured."""

import json
import math
from typing import Any

import pytest

from app.engine import Engine
from app.export.run_json import finite
from app.web.responses import ENDED, Answers
from app.web.updates import message


def strict(text: str) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_what_is_no_number_is_null_on_the_wire() -> None:
    told = {"state": "done", "run": {"metrics": {"a": math.nan, "b": -math.inf, "c": 1.5}}}
    sent = strict(message(3, {"told": told, "controls": {"values": (math.nan, 2)}}))
    assert sent["run"]["metrics"] == {"a": None, "b": None, "c": 1.5}
    assert sent["parts"]["controls"]["values"] == [None, 2]
    assert finite({"x": [math.inf, {"y": math.nan}]}) == {"x": [None, {"y": None}]}


@pytest.mark.parametrize(
    "query", ["?entry=softmax&form=naive&shift=69", "?entry=softmax&form=naive&with=softmax&with.form=stable"]
)
def test_a_run_with_what_is_no_number_reaches_the_page(query: str) -> None:
    engine = Engine("cpu")
    engine.start()
    stream = Answers(engine).stream({"page": "p", "serial": 1, "query": query})
    *_, last = filter(None, iter(stream.next, ENDED))
    told = strict(last)
    assert told["state"] == "done"
