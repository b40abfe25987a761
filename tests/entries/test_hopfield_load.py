"""What the page of the storage capacity says beyond its claims."""

import torch

from app.experiments.energy.hopfield_load.run import LOADS, LoadControls, edge_of, measure, run


def test_the_edge_lies_between_two_loads_on_a_straight_line() -> None:
    overlaps = torch.ones(len(LOADS))
    overlaps[5:] = 0.9
    assert abs(edge_of(overlaps) - (LOADS[4] + LOADS[5]) / 2) < 1e-6
    assert edge_of(torch.ones(len(LOADS))) != edge_of(torch.ones(len(LOADS)))  # no edge: not a number
    assert edge_of(torch.zeros(len(LOADS))) == LOADS[0]


def test_larger_networks_fall_more_steeply_and_damage_brings_the_edge_earlier() -> None:
    result = run(LoadControls(), "cpu")
    at = [LOADS.index(load) for load in (0.12, 0.2)]
    falls = result.overlaps[:, at[0]] - result.overlaps[:, at[1]]
    assert falls[0] < falls[1] < falls[2]
    assert measure(run(LoadControls(damage=15), "cpu"))["edge_load"] < measure(result)["edge_load"]


def test_the_chosen_load_is_a_point_of_the_curve() -> None:
    result = run(LoadControls(load=0.1), "cpu")
    assert abs(result.chosen.overlap - result.overlaps[-1, LOADS.index(0.1)]) < 1e-6
    assert measure(result)["patterns_at_the_load"] == 50


def test_the_projection_rule_repairs_biased_patterns_at_every_load() -> None:
    given = {"patterns": "60 % ones", "damage": 10}
    hebb, repaired = (run(LoadControls(weights=kind, **given), "cpu") for kind in ("Hebb’s", "projection rule"))
    assert measure(hebb)["overlap_at_0100"] < 0.5
    assert repaired.overlaps[-1].min() > 0.99
