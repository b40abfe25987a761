"""What the page on mixture of depths says beyond its claims."""

import pytest

from app.experiments.transformers.routed_depth.figures import figures
from app.experiments.transformers.routed_depth.run import CAPACITIES, SHOWN, RoutedDepthControls, measure, run
from models.data.symbols_among_fillers import LENGTH


@pytest.fixture(scope="module")
def result():
    return run(RoutedDepthControls(), "cpu")


def test_equal_operations_and_who_is_ahead(result) -> None:
    flops, accuracy = result.flops, {name: 100 * one.mean().item() for name, one in result.accuracies.items()}
    equal = [
        "learned router", "learned, weight in a sigmoid", "router weight not multiplied", "random routing",
        "every fourth token", "smaller dense model",
    ]  # fmt: skip
    assert len({flops[name] for name in equal}) == 1
    assert flops["no token enters"] < flops["learned router"] < flops["dense, every token enters"] / 2
    assert accuracy["learned router"] > accuracy["random routing"] + 6
    assert accuracy["learned router"] > accuracy["every fourth token"] + 6
    assert accuracy["smaller dense model"] > accuracy["learned router"] - 1  # the fact check
    assert accuracy["router weight not multiplied"] > accuracy["learned router"] - 1
    assert accuracy["random routing"] == pytest.approx(84, abs=2)
    assert accuracy["dense, every token enters"] > 99


def test_one_router_takes_fillers_and_is_the_lowest(result) -> None:
    hard = result.here.entered[:, result.texts.hard].float().mean(dim=1)
    assert (hard < 0.25).sum() == 1
    assert hard.argmin() == result.here.accuracy.argmin()


def test_capacity_sets_who_enters_and_what_it_costs() -> None:
    for k in (0, 3, 32):
        found = run(RoutedDepthControls(capacity=k), "cpu")
        assert (found.here.entered.sum(dim=2) == k).all()
    costs = [run(RoutedDepthControls(capacity=k), "cpu").flops_here for k in CAPACITIES]
    assert costs == sorted(costs)


def test_the_predictor_adds_its_own_operations() -> None:
    found = measure(run(RoutedDepthControls(choice="causal predictor"), "cpu"))
    assert found["kiloflops_per_text"] != measure(run(RoutedDepthControls(), "cpu"))["kiloflops_per_text"]
    assert found["predictor_agreement_percent"] > 90


def test_models_without_a_router_keep_their_own_capacity() -> None:
    dense = run(RoutedDepthControls(model="smaller dense model", capacity=3, choice="causal predictor"), "cpu")
    assert dense.here.entered.all()
    assert dense.flops_here == dense.flops["smaller dense model"]


def test_a_router_without_gradient_still_lets_most_hard_tokens_in() -> None:
    found = measure(run(RoutedDepthControls(model="router weight not multiplied"), "cpu"))
    assert found["hard_entering_percent"] > 60
    assert found["filler_entering_percent"] < 15


@pytest.mark.parametrize("seed", range(5))
def test_a_hard_token_that_enters_any_of_three_blocks_is_right(seed) -> None:
    found = measure(run(RoutedDepthControls(seed=seed), "cpu"))
    assert found["stack_right_inside_percent"] > 98
    assert found["stack_right_outside_percent"] < 90
    assert found["stack_hard_entering_percent"] > found["stack_filler_entering_percent"] + 10


def test_the_lower_rows_are_text_1_through_three_blocks(result) -> None:
    (source,) = figures(result, measure(result))["map"].sources
    shown = source.view(source.tensor)
    assert shown.shape == (SHOWN + 3 + 2, LENGTH)
    assert shown[SHOWN + 1 : -1].equal(result.stack.entered[0].float())
    assert (result.stack.entered.sum(dim=2) == 3).all()
    assert run(RoutedDepthControls(model="random routing"), "cpu").stack_routing == "random"
