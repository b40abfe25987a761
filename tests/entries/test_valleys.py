"""What the page of the energy-based model says beyond its claims."""

from functools import cache

import torch

from app.experiments.generative.valleys.run import (
    CELLS,
    ValleysControls,
    ValleysResult,
    coarse,
    counted,
    grid,
    measure,
    run,
)


@cache
def learned(chains: str = "go on") -> ValleysResult:
    return list(run(ValleysControls(chains=chains), "cpu"))[-1]  # type: ignore[arg-type]


def test_short_chains_look_better_where_the_density_is_worse() -> None:
    kept, restarted = measure(learned()), measure(learned("restart from noise"))
    assert restarted["points_at_a_mode_percent"] > kept["points_at_a_mode_percent"] + 10
    assert restarted["total_variation_of_short_chains"] < kept["total_variation_of_short_chains"]
    assert restarted["total_variation"] > 2 * kept["total_variation"]
    assert restarted["heaviest_learned_percent"] > 90


def test_squares_count_what_the_cells_hold() -> None:
    p = torch.zeros(CELLS**2)
    p[0] = 1
    assert torch.equal(coarse(p), counted(grid()[:1]))
    p = torch.zeros(CELLS**2)
    p[CELLS // 2 * CELLS + 3] = 1
    assert torch.equal(coarse(p), counted(grid()[CELLS // 2 * CELLS + 3][None]))


def test_the_truth_is_a_density_and_independent_points_are_near_it() -> None:
    result = learned()
    assert abs(result.true.sum().item() - 1) < 1e-5
    assert measure(result)["total_variation_of_independent_draws"] < 0.1
