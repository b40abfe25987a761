"""What the page of the Hopfield network says beyond its claims."""

import torch

from app.experiments.drawing import SIDE
from app.experiments.energy.drawn_pattern import N, flips, on_paper
from app.experiments.energy.hopfield_recall.figures import figures
from app.experiments.energy.hopfield_recall.networks import other_patterns, swept
from app.experiments.energy.hopfield_recall.run import RecallControls, measure, run
from models.data.binary_patterns import flipped
from models.energy.hopfield import Hopfield, energy, hebbian_weights
from models.seeding import generator


def test_the_drawing_is_the_first_pattern_and_the_start_has_the_stated_damage() -> None:
    result = run(RecallControls(drawing="example 4", damage=25), "cpu")
    assert torch.equal(result.patterns[0], on_paper("example 4"))
    assert measure(result)["wrong_pixels_at_the_start"] == flips(25) == 16
    assert torch.equal(result.weights, hebbian_weights(result.patterns))


def test_a_drawing_that_is_not_stored_is_only_the_start() -> None:
    result = run(RecallControls(cue="the drawing is not stored", others="digits", damage=0), "cpu")
    assert torch.equal(result.start, on_paper(result.controls.drawing))
    assert not (result.patterns == result.start).all(-1).any()
    assert result.patterns.shape == (3, N)


def test_the_shown_energies_are_those_of_the_shown_states() -> None:
    result = run(RecallControls(connections="half cut, one direction each"), "cpu")
    assert torch.allclose(result.trace.energy, energy(result.weights, result.states), atol=1e-4)
    assert (result.weights * result.weights.T).abs().max() == 0  # of each pair one direction is left


def test_cutting_both_directions_keeps_the_weights_symmetric() -> None:
    w = run(RecallControls(connections="half cut, both directions"), "cpu").weights
    assert torch.equal(w, w.T)
    assert 0.4 < (w != 0).sum() / (run(RecallControls(), "cpu").weights != 0).sum() < 0.6


def test_without_negative_weights_all_connected_units_take_one_state() -> None:
    result = run(RecallControls(written="0 and 1"), "cpu")
    assert result.weights.min() >= 0
    connected = result.weights.sum(-1) > 0
    assert len(result.states[-1][connected].unique()) == 1


def test_the_figures_draw_the_run() -> None:
    result = run(RecallControls(), "cpu")
    drawn = figures(result, measure(result))
    traces = {trace.name: trace for trace in drawn["recall"].plot.data}
    assert traces["wrong at the start"].x.shape == (flips(20),)
    assert len(traces["wrong now"].x) == measure(result)["wrong_pixels_at_the_end"]
    assert torch.equal(torch.tensor(traces["now"].z), result.states[-1].view(SIDE, SIDE))
    assert len(drawn["numbers"].plot.data) == 2


def test_three_digits_pull_recall_towards_what_most_of_them_share() -> None:
    draws = generator(0)
    digits = other_patterns("digits", 100, 3, draws=draws)
    end, _ = Hopfield(hebbian_weights(digits))(flipped(digits[:, 0], flips(20), draws), swept(draws))
    most = digits.sum(1).sign()
    disputed = digits.sum(1).abs() < 3
    like_most = lambda state: (state == most)[disputed].float().mean()
    assert like_most(end) > like_most(digits[:, 0]) + 0.1
