"""What the page of neural Turing machines says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.energy.copying.heads import moves
from app.experiments.energy.copying.machines import HELD_OUT, LENGTHS, by_length, machine
from app.experiments.energy.copying.run import TWICE, CopyingControls, draw_of
from models.data.copied_rows import answers, texts
from models.memory.held_stages import Forwards, Unlinked
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training import linked_copying
from models.training.cells import TRAININGS
from models.training.copying import LONGEST, SIZES, bit_accuracy, pretrained
from tests.entries.evidence import runs_of

shown = runs_of("neural-turing-machine")
LINKED = "links for shifts (DNC)"


def test_both_kinds_have_as_many_weights() -> None:
    counts = {kind: parameter_count(pretrained(kind, 0)) for kind in ("machine", "unshifted", "unsharpened", "lstm")}
    assert counts == {"machine": 3266, "unshifted": 3266, "unsharpened": 3266, "lstm": 3222}
    assert parameter_count(linked_copying.pretrained("linked", 0)) == 3070


def test_texts_of_all_lengths_side_by_side_are_answered_as_each_alone() -> None:
    table = by_length("nothing", 4, "cpu")
    assert table.shape == (TRAININGS, len(LENGTHS))
    for training, length in ((1, LONGEST), (3, 20)):
        text = texts(HELD_OUT, length, generator(10_000 + length))
        alone = bit_accuracy(machine("nothing", training, 4, "cpu"), text)
        assert table[training, LENGTHS.index(length)].item() == pytest.approx(alone, abs=2e-3)


def test_the_first_figure_shows_the_text_the_heads_and_the_answer() -> None:
    run = shown()
    given, write, read, back = run.figures["heads"].plot.data
    z = lambda trace: np.asarray(trace.z, dtype=float)
    assert z(given).shape == (7, 25)
    assert z(write).shape == z(read).shape == (24, 25)
    assert np.allclose(z(write).sum(0), 1, atol=1e-4)
    assert np.isnan(z(back)[:, :13]).all()
    right = (z(back)[:, 13:] > 0) == (z(given)[:6, :12] > 0)
    assert right.mean() == pytest.approx(run.metrics["bits_right"], abs=1e-6)


def test_the_memory_of_a_step_holds_what_was_written_by_then() -> None:
    figure = shown().figures["memory"]
    frames = [np.asarray(frame._props["data"][1]["z"], dtype=float) for frame in figure.plot.frames]
    assert len(frames) == 25
    writes = [np.asarray(frame._props["data"][0]["z"], dtype=float)[:, 0] for frame in figure.plot.frames]
    for step in range(1, 12):
        changed = np.abs(frames[step] - frames[step - 1]).sum(axis=1)
        assert changed[writes[step] < 1e-3].max(initial=0) < 0.05 * changed.max()
    assert figure.start == 11


def test_kernels_that_learned_without_sharpening_are_sharp() -> None:
    text = texts(8, 12, generator(3))
    for training in range(TRAININGS):
        trace = machine("trained without sharpening", training, 4, "cpu")(text.x)[1]
        assert trace.asked_write.kernel[:, :12].amax(-1).mean() > 0.98
        assert trace.asked_read.kernel[:, 12:].amax(-1).mean() > 0.98


def test_some_machines_learn_to_go_up_and_others_down() -> None:
    text = texts(1, 12, generator(3))
    writes = [machine("nothing", training, 4, "cpu")(text.x)[1].write.sharpened[0, :12] for training in range(5)]
    assert {int(moves(focus).mode().values) for focus in writes} == {-1, 1}


def test_before_training_a_machine_guesses() -> None:
    metrics = shown(trained=0).metrics
    assert 0.4 < metrics["accuracy_at_the_trained_length"] < 0.6


def test_a_computer_takes_free_rows_finds_the_first_by_content_and_follows_its_links() -> None:
    run = shown(changed=LINKED)
    _, write, read, modes, _ = run.figures["heads"].plot.data
    wrote, came = np.asarray(write.z)[:, :12].argmax(0), np.asarray(read.z)[:, 12:24].argmax(0)
    assert len(set(wrote)) == 12  # a row of its own for each
    assert (np.diff(wrote) != 1).sum() > 6  # not neighbours
    assert came.tolist() == wrote.tolist()
    assert np.asarray(modes.z)[:, 12].argmax() == 1
    assert (np.asarray(modes.z)[:, 13:].argmax(0) == 2).all()
    assert "links forwards have 99% of the read weight" in run.figures["heads"].text


def test_a_computer_used_without_its_links_fails_and_without_those_backwards_it_does_not() -> None:
    text = texts(32, 8, generator(11))
    for training in range(TRAININGS):
        own = linked_copying.pretrained("linked", training)
        for kind, low, high in ((Unlinked, 0.5, 0.75), (Forwards, 0.99, 1.0)):
            held = kind(*SIZES)
            held.load_state_dict(own.state_dict())
            assert low <= bit_accuracy(held, text) <= high


def test_lstms_trained_longer_are_better_at_the_trained_length_and_far_behind_beyond() -> None:
    longer, lstm = by_length("lstm, longer", -1, "cpu"), by_length("lstm", -1, "cpu")
    assert (longer[:, LENGTHS.index(8)] > lstm[:, LENGTHS.index(8)].max()).all()
    assert shown().metrics["best_lstm_at_twice_the_length"] == pytest.approx(longer[:, LENGTHS.index(16)].max().item())
    assert longer[:, LENGTHS.index(16)].max() < 0.7


def test_a_control_of_another_machine_changes_neither_of_the_others() -> None:
    preset, unlinked = shown().metrics, shown(changed="DNC trained without links").metrics
    for name in ("accuracy_at_twice_the_length", "lstm_at_twice_the_length", "machines_whose_heads_move_alike"):
        assert preset[name] == unlinked[name]
    assert shown(changed="trained without shifts").metrics["computers_that_copy"] == preset["computers_that_copy"]


def test_one_row_is_copied_and_figures_stay_small() -> None:
    run = shown(length=1)
    assert run.metrics["bits_right"] == shown(length=1, changed=LINKED).metrics["bits_right"] == 1
    unknown = {name for name, value in run.metrics.items() if not np.isfinite(value)}
    assert unknown <= {"writes_one_row_on", "read_by_links_forwards"}  # a single row: the head has not moved yet
    for changed in ("nothing", LINKED):
        figures = shown(length=20, changed=changed).figures
        assert all(len(figure.plot.to_json()) < 100_000 for figure in figures.values())


def test_bits_of_the_page_are_those_of_the_model() -> None:
    text = texts(1, 12, generator(draw_of(CopyingControls())))
    logits = machine("nothing", 0, 4, "cpu")(text.x)[0]
    right = ((answers(logits) > 0) == (text.bits > 0.5)).float().mean().item()
    assert shown().metrics["bits_right"] == pytest.approx(right)
    assert TWICE == 16
    assert torch.isfinite(logits).all()
