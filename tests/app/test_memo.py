"""One store for all kept results: each computed once, forgotten by size, shared between threads."""

import re
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from app.experiments import memo
from app.experiments.memo import Memo, size_bytes

MEGABYTE = 2**20


class Pair(NamedTuple):
    name: str
    weights: torch.Tensor


def test_a_result_is_computed_once_for_each_arguments() -> None:
    calls: list[tuple[int, str]] = []

    @Memo()
    def measured(size: int, kind: str = "even") -> tuple[int, str]:
        calls.append((size, kind))
        return size, kind

    assert measured(1) is measured(1)
    assert measured(1, kind="odd") == measured(1, kind="odd") == (1, "odd")
    assert measured(2) == (2, "even")
    assert calls == [(1, "even"), (1, "odd"), (2, "even")]


def test_those_not_asked_for_longest_go_first() -> None:
    store = Memo(limit=10 * MEGABYTE)
    calls: list[int] = []

    @store
    def tensor(number: int) -> torch.Tensor:
        calls.append(number)
        return torch.zeros(MEGABYTE)  # 4 MB

    tensor(1), tensor(2), tensor(1), tensor(3)
    assert 8 * MEGABYTE <= store.size <= store.limit
    tensor(1)
    assert calls == [1, 2, 3]
    tensor(2)
    assert calls == [1, 2, 3, 2]


def test_a_result_past_the_limit_is_returned_and_not_kept() -> None:
    store = Memo(limit=MEGABYTE)
    large = store(lambda: torch.zeros(MEGABYTE))
    assert large().shape == (MEGABYTE,)
    assert store.size == 0
    assert large() is not large()


def test_clear_forgets_everything() -> None:
    store = Memo()
    made = store(lambda: torch.zeros(3))
    first = made()
    store.clear()
    assert store.size == 0
    assert made() is not first


def test_equal_calls_at_the_same_time_share_one_computation() -> None:
    started, go_on, calls, values = threading.Event(), threading.Event(), [], []

    @Memo()
    def slow(number: int) -> torch.Tensor:
        calls.append(number)
        started.set()
        go_on.wait(10)
        return torch.tensor(number)

    threads = [threading.Thread(target=lambda: values.append(slow(7))) for _ in range(8)]
    for thread in threads:
        thread.start()
    started.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert calls == [7]
    assert len(values) == 8
    assert len({id(value) for value in values}) == 1


def test_who_waits_for_a_call_that_raises_computes_for_himself() -> None:
    started, go_on, calls, values = threading.Event(), threading.Event(), [], []

    @Memo()
    def fails_once() -> str:
        calls.append(1)
        if len(calls) == 1:
            started.set()
            go_on.wait(10)
            raise KeyboardInterrupt("stopped")
        return "computed"

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            fails_once()

    one = threading.Thread(target=first)
    one.start()
    started.wait(10)
    other = threading.Thread(target=lambda: values.append(fails_once()))
    other.start()
    go_on.set()
    one.join(10), other.join(10)
    assert values == ["computed"]
    assert len(calls) == 2


def test_one_kept_function_may_use_another() -> None:
    store = Memo()
    half = store(lambda number: number / 2)
    quarter = store(lambda number: half(half(number)))
    assert quarter(8.0) == 2.0


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (torch.zeros(1000), 4000),
        (torch.zeros(1000)[:1], 4000),  # a view keeps the whole storage
        (np.zeros(1000)[:1], 8000),
        (Pair("a", torch.zeros(1000)), 4000),
        ({"a": [torch.zeros(1000), torch.zeros(1000)]}, 8000),
        (torch.nn.Linear(10, 100, bias=False), 4000),
        ("x" * 1000, 1000),
    ],
)
def test_bytes_are_counted_wherever_they_lie(value: object, least: int) -> None:
    assert least <= size_bytes([value]) < least + 1500


def test_what_is_shared_counts_once() -> None:
    weights = torch.zeros(1000)
    assert size_bytes([weights, weights[:5], {"again": weights}]) < 5000


def test_experiments_keep_their_results_in_the_one_store() -> None:
    """But for the last published model with other attention, half a model, and the last trainings that can go on."""
    experiments = Path(memo.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in experiments.rglob("*.py")}
    kept_elsewhere = {
        path: re.findall(r"lru_cache\(maxsize=(\d+)\)", text) for path, text in texts.items() if "lru_cache" in text
    }
    assert kept_elsewhere == {
        experiments / "attention" / "latent_attention" / "published.py": ["1"],
        experiments / "transformers" / "fine_tuning" / "course.py": ["8"],
    }
