"""A claim whose sentence names a setting is not judged at another one, and still fails at its break."""

from typing import Any

import pytest

from app.claims import verdict
from tests.entries.evidence import runs_of

DENSE = "dense, every token enters"


@pytest.mark.parametrize(
    ("slug", "number", "change"),
    [
        ("hippo", 1, {"size": 8}),
        ("kv-cache-memory", 2, {"model": "DeepSeek-V2"}),
        ("kv-cache-memory", 3, {"model": "GPT-3 175B", "tokens": 131_072}),
        ("hippo", 1, {"cycles": 8}),
        ("hippo", 2, {"cycles": 8}),
        ("discretization-zoh", 1, {"rate": "a quarter"}),
        ("ffn-expansion-ratio", 2, {"model": "GPT-2"}),
        ("embedding-dimension", 1, {"kept": 32}),
        ("embedding-dimension", 3, {"noise": 4.0}),
        ("geglu", 1, {"gate": "ReLU"}),
        ("geglu", 1, {"rescaled": "not rescaled"}),
        ("large-language-model", 2, {"shown": "GPT-2"}),
        ("attention-is-all-you-need", 2, {"layers": 2}),
        ("mixture-of-depths", 2, {"model": DENSE}),
        ("mixture-of-depths", 3, {"model": DENSE}),
        ("mixture-of-depths", 3, {"capacity": 32}),
    ],
)
def test_not_asked_elsewhere(slug: str, number: int, change: dict[str, Any]) -> None:
    measure = runs_of(slug).metrics()
    claim = runs_of(slug).entry.live.claims[number - 1]
    judged = [verdict(claim, measure(one)) for one in ({}, change, claim.fails_for, claim.control or {})]
    assert judged == ["held", "does not apply", "failed", "held"]
    assert not claim.condition.holds(measure(change)), "without “applies” this setting would stand as a failure"


@pytest.mark.parametrize(
    ("slug", "number", "change"),
    [
        ("attention-is-all-you-need", 1, {"layers": 2, "warm_up": "without"}),
        ("bert", 1, {"reader": "decoder", "read_at": "last word"}),
        ("bert", 1, {"task": "what it is"}),
        ("bert", 3, {"counted_model": "GPT-1"}),
        ("gpt-1", 2, {"counted_model": "BERT large"}),
        ("gpt-1", 1, {"reader": "encoder"}),
    ],
)
def test_not_held_up_by_another_setting(slug: str, number: int, change: dict[str, Any]) -> None:
    measure = runs_of(slug).metrics()
    claim = runs_of(slug).entry.live.claims[number - 1]
    assert [verdict(claim, measure(one)) for one in ({}, change)] == ["held", "does not apply"]
