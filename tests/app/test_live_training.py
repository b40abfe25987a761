"""A training on the page: snapshots at even distances, progress soon and not too often, and a sweep beside it."""

import ast
import time
from pathlib import Path

import pytest

from app.experiments.live_training import PAUSE_SECONDS, training
from app.experiments.sweep import sweep

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("steps", "snapshots"), [(24, 12), (25, 12), (5, 12), (100, 10), (1, 1)])
def test_snapshots_stand_at_even_distances_and_the_last_step_is_one(steps: int, snapshots: int) -> None:
    done: list[int] = []
    *_, last = training(lambda: done.append(1), lambda: len(done), steps, snapshots)
    assert len(done) == steps
    assert last.snapshots == last.taken
    assert last.taken[0] == 0
    assert last.taken[-1] == steps
    assert last.done
    assert len(last.taken) == min(steps, snapshots) + 1
    gaps = [after - before for before, after in zip(last.taken, last.taken[1:])]
    assert max(gaps) - min(gaps) <= 1
    assert last.shown == last.snapshots


def test_the_first_step_is_shown_at_once_and_what_comes_quickly_is_left_out() -> None:
    first, *others = training(lambda: None, lambda: None, 200)
    assert (first.step, first.taken, first.done) == (1, [0], False)
    assert first.shown_steps == [0]
    assert [one.step for one in others] == [200]


def test_a_slow_training_is_shown_a_few_times_a_second() -> None:
    began = time.perf_counter()
    moments = [one.step for one in training(lambda: time.sleep(0.05), lambda: None, 20, 20)]
    took = time.perf_counter() - began
    assert moments[0] == 1
    assert moments[-1] == 20
    assert 3 <= len(moments) <= 2 + took / PAUSE_SECONDS


def test_a_progress_that_was_given_does_not_change_later() -> None:
    moments = list(training(lambda: time.sleep(0.06), lambda: 0, 10, 10))
    assert len(moments) >= 3
    assert [len(one.taken) for one in moments] == sorted({len(one.taken) for one in moments})


def test_the_current_value_stands_in_its_place() -> None:
    found = sweep(lambda x: x * x, (1, 2, 4), 3)
    assert found.values == [1, 2, 3, 4]
    assert (found.value, found.current) == (3, 9)
    assert found.each(float) == [1.0, 4.0, 9.0, 16.0]
    assert next(iter(found.pairs())) == (1, 1)


def test_values_without_an_order_keep_theirs() -> None:
    found = sweep(len, ("none", "a", "both"), "a")
    assert found.values == ["none", "a", "both"]
    assert found.at == 1


def test_no_run_yields_while_gradients_are_off() -> None:
    """A run goes on in another thread than it stopped in: what is switched off for one would stay off in the other."""

    def switches_off(node: ast.AST) -> bool:
        calls = {ast.unparse(item.context_expr) for item in node.items} if isinstance(node, ast.With) else set()
        return bool(calls & {"torch.no_grad()", "torch.inference_mode()"})

    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.With) and switches_off(node)
        if any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node))
    ]
    assert wrong == []
