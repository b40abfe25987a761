"""What the pages on activation functions say beyond their claims."""

import pytest
import torch

from app.experiments.foundations.activation_forms import FORMS, Phi, phi
from app.experiments.foundations.activation_gallery.run import OTHERS, TRAINED
from app.experiments.foundations.activation_inputs import of_curve
from app.experiments.foundations.activation_swap.replacements import (
    FLATTENED,
    NEAR,
    RANGE,
    Flattened,
    OneSide,
    replacement,
)
from app.experiments.foundations.digit_networks import Plan, digit_pixels, learnt
from app.experiments.live_training import SNAPSHOTS
from app.provenance.explain import follow
from app.provenance.origin import Computed
from models.layers.activation_slopes import slope
from models.seeding import normal
from tests.entries.evidence import runs_of
from tests.formulas import worth
from visualizers.activation import FLAT


def test_a_network_learns_beside_others_as_it_does_alone() -> None:
    common = {"seed": 3, "steps": 24, "optimizer": "SGD"}
    together = learnt(Plan((phi("tanh"), phi("ReLU")), rates=(0.3, 0.1), **common), SNAPSHOTS, "cpu").model
    alone = learnt(Plan((phi("ReLU"),), rates=(0.1,), **common), SNAPSHOTS, "cpu").model
    torch.testing.assert_close(together.W[1][1], alone.W[1][0], rtol=1e-4, atol=1e-6)


def test_parts_of_a_training_are_kept_and_not_changed_by_later_parts() -> None:
    plan = Plan((phi("GELU"),), seed=5, steps=24)
    first = [weight.clone() for weight in learnt(plan, 1, "cpu").model.parameters()]
    learnt(plan, SNAPSHOTS, "cpu")
    assert all(map(torch.equal, first, learnt(plan, 1, "cpu").model.parameters()))


def test_a_lifted_network_with_undoing_biases_starts_out_the_same() -> None:
    pixels = digit_pixels("cpu")[1].pixels
    plain = Plan((phi("tanh"),), seed=0).start("cpu")
    lifted = Plan((phi("tanh"),), seed=0, compensated=(1.0,)).start("cpu").given(lambda z: torch.tanh(z) + 1)
    torch.testing.assert_close(lifted(pixels)[0], plain(pixels)[0], rtol=0, atol=1e-5)


def test_every_formula_of_a_slope_on_the_pages_is_the_slope() -> None:
    z = normal(500, seed=0)
    for name in FORMS:
        torch.testing.assert_close(phi(name).slope(z), slope(phi(name), z), rtol=0, atol=1e-5)
    assert (OTHERS["mirrored ReLU"](z) + TRAINED["ReLU"](z)).equal(z)


@pytest.mark.parametrize("function", [*map(phi, FORMS), *NEAR.values()])
def test_the_formula_of_a_point_on_a_curve_comes_to_its_height(function: Phi) -> None:
    curve = of_curve(function, "curve").shows
    assert isinstance(curve, Computed)
    for at in (0, 40, 60, 61, 120):
        assert worth(follow(curve, at)) == pytest.approx(curve.tensor[at].item(), abs=1e-5)


def test_the_gaps_between_curves_are_those_of_the_pages() -> None:
    def gap(one: str, other: str, beta: float = 1.0) -> float:
        given = phi("SiLU", beta) if other == "SiLU" else NEAR[other]
        return (NEAR[one](RANGE) - given(RANGE)).abs().max().item()

    assert gap("GELU", "GELU, tanh form") < 0.001
    assert gap("GELU", "GELU, 1.702 form") == pytest.approx(0.02, abs=0.001)
    assert gap("Mish", "SiLU") == pytest.approx(0.18, abs=0.005)
    assert gap("Mish", "GELU") == pytest.approx(0.21, abs=0.005)
    by_beta = {beta / 100: gap("Mish", "SiLU", beta / 100) for beta in range(100, 200, 5)}
    assert min(by_beta, key=by_beta.__getitem__) == 1.25
    assert by_beta[1.25] == pytest.approx(0.10, abs=0.005)


def test_the_stretches_made_flat_hold_equally_many_inputs() -> None:
    own, z = phi("SiLU"), 2 * normal(4000, seed=1)
    flat = [replacement(own, name, 1.0, z) for name in FLATTENED]
    counts = []
    for one in flat:
        assert isinstance(one, Flattened)
        inside = (z > one.low) & (z < one.high)
        counts.append(int(inside.sum()))
        assert one(z[inside]).unique().numel() == 1
        assert torch.equal(one(z[~inside]), own(z[~inside]))
    assert max(counts) - min(counts) <= 2


def test_one_side_is_swapped_alone() -> None:
    z = torch.tensor([-1.0, 0.0, 2.0])
    assert OneSide(phi("ReLU"), phi("SiLU"))(z).tolist() == [0.0, 0.0, phi("SiLU")(z)[2].item()]


def test_the_table_of_swaps_holds_its_own_function_on_the_diagonal() -> None:
    shown = runs_of("activation-functions")()
    cells = shown.figures["swaps"].plot.data[0].z
    assert [cells[row][row] for row in range(8)] == [0.0] * 8
    framed = cells[5][2]
    assert framed == pytest.approx(100 * shown.metrics["predictions_changed_share"], abs=1e-3)


def test_grey_bars_lie_where_the_slope_is_below_a_tenth() -> None:
    plot = runs_of("relu")().figures["curve"].plot
    flat = next(trace for trace in plot.data if trace.name == "inputs where it is flat")
    assert all(share == 0 for at, share in zip(flat.x, flat.y, strict=True) if at > 0)
    assert FLAT == 0.1


def test_the_unit_map_is_grey_exactly_for_dead_units() -> None:
    shown = runs_of("relu")(rate=1.0)
    grey = next(trace for trace in shown.figures["units"].plot.data if trace.name == "off for every input")
    assert sum(row[-1] == 1 for row in grey.z) == shown.metrics["dead_units"]


def test_a_leak_leaves_no_unit_without_gradient_and_relu_leaves_all() -> None:
    assert runs_of("leaky-relu")().metrics["units_without_gradient_share"] == 0
    assert runs_of("leaky-relu")(trained="ReLU").metrics["units_without_gradient_share"] == 1


def test_sgd_leaves_the_elu_units_off_that_adam_switches_on() -> None:
    assert runs_of("leaky-relu")(trained="ELU", optimizer="SGD").metrics["layer_1_units_on_share"] == 0


def test_diverging_and_extreme_settings_give_a_finite_page() -> None:
    for slug, change in (
        ("relu", {"rate": 2.0, "first_bias": 2.0, "steps": 60}),
        ("leaky-relu", {"alpha": 2.0, "optimizer": "SGD", "rate": 2.0, "steps": 60}),
        ("elu", {"alpha": 4.0, "steps": 100}),
        ("tanh", {"lift": "nothing", "steps": 100}),
        ("sigmoid", {"gain": 6.0, "last_gain": 6.0, "trained": "ReLU", "steps": 100}),
        ("mish", {"given": "SiLU", "beta": 4.0, "depth": 8, "steps": 50}),
    ):
        for figure in runs_of(slug)(**change).figures.values():
            assert figure.text.endswith(".")
