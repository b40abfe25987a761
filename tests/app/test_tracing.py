import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from app.provenance.explain import explain, follow
from app.provenance.expression import Untraceable
from app.provenance.formula import Apply, Leaf, Number, lines
from app.provenance.indices import span
from app.provenance.latex import latex, value
from app.provenance.origin import Computed, Plotted, computed
from app.provenance.plot_points import Click, Located, most, traceable
from app.provenance.views import placed, tiled
from models.attention.dot_product import attention_scores, attention_weights, masked, mix
from models.attention.grouped_query import pool_heads, repeat_kv
from models.attention.multi_head import merge_heads, split_heads
from models.generative.diffusion import ddim_step, ddpm_step_beta
from models.layers.softmax import softmax, softmax_jacobian
from models.position.rope import angles, frequencies, rotate
from models.position.scaled_rope import kept_share
from models.position.similarity import cosines
from models.routing.balance import utilisation_entropy, variation
from models.routing.mixture_of_experts import renormalised_chosen_of_softmax, softmax_over_chosen
from models.routing.specialisation import class_information
from models.seeding import normal
from models.serving.kv_cache import cache_bytes
from tests.formulas import indices, worth

q, k = normal(2, 3, 4, seed=1), normal(2, 5, 4, seed=2)
MASK = torch.ones(3, 5, dtype=torch.bool).tril(1)

FUNCTIONS = {
    "scores": (attention_scores, {"q": q, "k": k}),
    "masked": (masked, {"scores": normal(2, 3, 5, seed=3), "mask": MASK}),
    "weights": (attention_weights, {"scores": normal(2, 3, 5, seed=4)}),
    "mix": (mix, {"weights": normal(2, 3, 5, seed=5).softmax(-1), "v": k}),
    "split": (split_heads, {"x": normal(1, 3, 6, seed=6), "heads": 2}),
    "join": (merge_heads, {"heads": normal(1, 2, 3, 4, seed=7)}),
    "share": (repeat_kv, {"kv": normal(1, 2, 3, 2, seed=8), "heads": 4}),
    "pool": (pool_heads, {"weight": normal(8, 3, seed=9), "heads": 4, "pooled": 2}),
    "softmax": (softmax, {"z": normal(3, 4, seed=10)}),
    "jacobian": (softmax_jacobian, {"p": normal(4, seed=11).softmax(-1)}),
    "angles": (angles, {"positions": torch.arange(5), "theta": frequencies(6)}),
    "frequencies": (frequencies, {"head_width": 6, "base": 500.0}),
    "rotate": (rotate, {"x": normal(5, 6, seed=12), "angle": angles(torch.arange(5), frequencies(6))}),
    "linear": (torch.nn.functional.linear, {"input": q, "weight": normal(6, 4, seed=13), "bias": normal(6, seed=14)}),
    "ddim": (ddim_step, dict(zip(("x", "x0", "fresh"), normal(3, 2, 2, seed=15))) | {"a": 0.3, "b": 0.5, "eta": 0.7}),
    "ddpm": (ddpm_step_beta, dict(zip(("x", "x0", "fresh"), normal(3, 2, 2, seed=16))) | {"a": 0.3, "b": 0.5}),
    "bytes": (cache_bytes, {"layers": 2.0, "kv_heads": 3.0, "head_width": 4.0, "tokens": torch.arange(1.0, 4),
                            "bytes_per_value": 2.0}),
    "cosines": (cosines, {"codes": normal(3, 4, seed=17)}),
    "clamp": (kept_share, {"rotations": torch.tensor([0.1, 1.0, 2.0, 9.0]), "alpha": 0.5, "beta": 4.0}),
    "variance": (variation, {"amounts": normal(2, 4, seed=18).softmax(-1)}),
    "information": (class_information, {"joint": torch.tensor([[0.1, 0.2, 0.0], [0.3, 0.0, 0.4]])}),
    "entropy": (utilisation_entropy, {"load": torch.tensor([0.5, 0.0, 0.2, 0.3])}),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_number_is_what_its_formula_comes_to(name):
    by, arguments = FUNCTIONS[name]
    result = by(**arguments)
    for place, expected in enumerate(result.flatten().tolist()):
        assert worth(follow(Computed(result, by, arguments), place)) == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["scores", "weights", "mix", "share", "pool", "rotate", "jacobian", "ddim"])
def test_the_numbers_of_a_formula_are_those_that_autograd_says_it_depends_on(name):
    by, arguments = FUNCTIONS[name]
    leaves = {k: v.clone().requires_grad_() for k, v in arguments.items() if isinstance(v, Tensor)}
    result = by(**arguments | leaves)
    for place in range(0, result.numel(), 3):
        gradients = torch.autograd.grad(result.flatten()[place], list(leaves.values()), retain_graph=True)
        formula = follow(Computed(result.detach(), by, arguments), place)
        for argument, gradient in zip(leaves, gradients, strict=True):
            assert indices(formula, argument) >= {tuple(index) for index in gradient.nonzero().tolist()}


def test_the_gates_of_the_chosen_experts_hold_only_what_counts():
    logits = normal(5, 8, seed=20)
    for by, count in ((softmax_over_chosen, 2), (renormalised_chosen_of_softmax, 8)):
        gates, _ = by(logits, 2)
        made = Computed(gates, by, {"logits": logits, "k": 2}, part=0)
        for place, gate in enumerate(gates.flatten().tolist()):
            formula = follow(made, place)
            assert worth(formula) == pytest.approx(gate, rel=1e-4)
            assert len(indices(formula, "logits")) == count


def test_what_is_made_is_worked_out_at_once():
    grown = computed(softmax, z=computed(attention_scores, q=q, k=k))
    assert torch.equal(grown.tensor, softmax(attention_scores(q, k)))
    assert computed(softmax_over_chosen, 0, logits=q, k=2).tensor.shape == (2, 3, 2)
    assert computed(lambda x: x**0.5, x=2.0).tensor.item() == 2**0.5


def test_views_lay_tiles_and_lines():
    sheet = tiled(torch.arange(1.0, 9).view(1, 2, 2, 2), gap=1)
    assert sheet.tolist() == [[1, 2, 0, 5, 6], [3, 4, 0, 7, 8]]
    assert placed(torch.ones(2), 1, 3).nan_to_num().tolist() == [[0, 0], [1, 1], [0, 0]]


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.data())
def test_any_shape(rows, columns, width, data):
    q, k = normal(rows, width, seed=rows), normal(columns, width, seed=columns + 50)
    made = Computed(attention_scores(q, k), attention_scores, {"q": q, "k": k})
    place = data.draw(st.integers(0, rows * columns - 1))
    formula = follow(made, place)
    assert indices(formula, "q") == {(place // columns, feature) for feature in range(width)}
    assert indices(formula, "k") == {(place % columns, feature) for feature in range(width)}


def test_a_formula_names_the_lines_that_ran():
    made = Computed(softmax(q[0, 0]), softmax, {"z": q[0, 0]})
    found = {line.text for line in lines(follow(made, 0))}
    assert "powers = z.exp()" in found
    assert all(line.path == "models/layers/softmax.py" for line in lines(follow(made, 0)))


def test_what_changes_a_tensor_in_place_or_has_no_rule_is_said_not_guessed():
    def filled(x: Tensor) -> Tensor:
        return (x + 1).mul_(2)

    def cumulated(x: Tensor) -> Tensor:
        return x.cumsum(dim=0)

    x = torch.ones(3)
    with pytest.raises(Untraceable, match="in place"):
        follow(Computed(filled(x), filled, {"x": x}), 0)
    with pytest.raises(Untraceable, match="no rule for cumsum"):
        follow(Computed(cumulated(x), cumulated, {"x": x}), 0)


scores = attention_scores(q, k)
CHAIN = Computed(softmax(scores), softmax, {"z": Computed(scores, attention_scores, {"q": q, "k": k})})
SOURCES = [
    Located("weights", 0, Plotted(CHAIN, lambda w: w[1])),
    Located("scores", 0, Plotted(scores, lambda s: s[1])),
    Located("scores", 1, Plotted(scores, lambda s: s[0])),
    Located("query", 0, Plotted(q, lambda q: q[1].T)),
]


def test_a_click_leads_back_through_a_chain_to_the_cells_it_came_from():
    explanation = explain(SOURCES, Click("weights", 0, (2, 3)))
    (steps,) = explanation.chains
    assert [step.call for step in steps] == ["softmax(z)[1, 2, 3]", "attention_scores(q, k)[1, 2, 3]"]
    assert steps[0].value == pytest.approx(CHAIN.tensor[1, 2, 3].item())
    (z,), (asking, offered) = steps[0].sources, steps[1].sources
    assert [cell.point for cell in z.cells] == [(2, column) for column in range(5)]
    assert {cell.figure for cell in z.cells} == {"scores"}
    assert (z.index, z.count) == ("[1, 2, 0…4]", 5)
    assert [cell.point for cell in asking.cells] == [(feature, 2) for feature in range(4)]
    assert offered.cells == ()


def test_where_nothing_is_drawn_there_is_no_explanation():
    assert explain(SOURCES, Click("weights", 0, (3, 0))) is None
    assert explain(SOURCES, Click("weights", 1, (0, 0))) is None
    assert explain(SOURCES, Click("scores", 0, (0, 0))) is None
    assert traceable(SOURCES) == {"weights": (0,)}


def test_without_a_point_the_largest_number_is_taken():
    row, column = divmod(int(CHAIN.tensor[1].argmax()), 5)
    assert most(SOURCES, "weights") == Click("weights", 0, (row, column))
    assert most(SOURCES, "query") is None


def test_frames_and_points_of_several_numbers():
    hands = rotate(normal(3, 4, seed=30), angles(torch.arange(3), frequencies(4)))
    made = Computed(hands, rotate, {"x": normal(3, 4, seed=30), "angle": angles(torch.arange(3), frequencies(4))})
    drawn = [Located("hands", 0, Plotted(made, lambda x: x.view(3, 2, 2), framed=True, several=True, unit=None))]
    explanation = explain(drawn, Click("hands", 0, (1,), frame=2))
    assert [chain[0].value for chain in explanation.chains] == pytest.approx(hands[2, 2:].tolist())
    assert explain(drawn, Click("hands", 0, (1,), frame=3)) is None


MARKS = {"q": "from-1", "k": "from-2"}
one, two = Leaf("q", (0,), 1.5), Leaf("k", (0,), -2.0)


def test_a_formula_as_latex():
    product = Apply("mul", (one, two), -3.0)
    assert latex(product, MARKS) == r"\htmlClass{from-1}{1.5} \cdot \left(\htmlClass{from-2}{-2}\right)"
    assert latex(Apply("sub", (one, Apply("add", (one, one), 3.0)), -1.5), MARKS).endswith(r"\right)")
    assert latex(Apply("pow", (one, Number(0.5)), 1.22), MARKS) == r"\sqrt{\htmlClass{from-1}{1.5}}"
    assert latex(Apply("mul", (one, Number(2.0)), 3.0), MARKS) == r"2 \cdot \htmlClass{from-1}{1.5}"
    taken = Apply("mul", (two, one), -3.0)
    assert latex(Apply("add", (one, taken), -1.5), MARKS).startswith(
        r"\htmlClass{from-1}{1.5} + \left(\htmlClass{from-2}"
    )
    fraction = Apply("div", (one, Number(4.0)), 0.375)
    assert latex(Apply("pow", (fraction, Number(2.0)), 0.14), MARKS).startswith(r"\left(\frac{")
    assert latex(Apply("div", (one, Number(4.0)), 0.375), MARKS) == r"\frac{\htmlClass{from-1}{1.5}}{4}"


def test_a_long_sum_is_cut_and_keeps_its_last_term():
    parts = tuple(Leaf("q", (n,), float(n)) for n in range(40))
    written = latex(Apply("sum", parts, 780.0), MARKS)
    assert written.count("htmlClass") == 7
    assert written.endswith(r"\cdots + \htmlClass{from-1}{39}")


def test_numbers_have_four_digits():
    numbers = (0.123456, -math.inf, 10000.0, 1.5e-7)
    assert [*map(value, numbers)] == ["0.1235", r"-\infty", "10000", r"1.5\cdot 10^{-7}"]


def test_places_are_a_range_only_where_none_is_left_out():
    assert span([(2, 3)]) == "[2, 3]"
    assert span([(2, n) for n in range(5)]) == "[2, 0…4]"
    assert span([(12, 6), (12, 0)]) == "[12, {0, 6}]"
    assert span([()]) == ""
