"""What the pages on learning from views say beyond their claims."""

import numpy as np
import pytest
import torch

from app.experiments.contrastive.captions.run import CaptionsControls
from app.experiments.contrastive.captions.run import run as run_captions
from app.experiments.contrastive.paradigms.run import ARMS, recorded
from models.checkpoints import load_state
from models.contrastive.moved_digits import moved_digits, pixel_accuracy
from models.training.paradigms import NAME, key, row
from tests.entries.evidence import runs_of


def trace(figure, name):
    return next(one for one in figure.plot.data if one.name == name)


def test_moved_digits_are_the_same_for_all_and_harder_for_pixels() -> None:
    data = moved_digits()
    assert data.known.shape == (1500, 64)
    assert data.asked.shape == (297, 64)
    assert pixel_accuracy() == pytest.approx(0.233, abs=0.002)


def test_the_map_is_symmetric_and_its_diagonals_stand_out() -> None:
    run = runs_of("simclr")()
    z = np.asarray(trace(run.figures["similarities"], "values").z)
    assert z.shape == (40, 40)
    assert np.allclose(z, z.T, atol=1e-5)
    assert np.allclose(np.diagonal(z), 1, atol=1e-5)
    assert np.diagonal(z, 20).mean() == pytest.approx(run.metrics["similarity_of_partners"], abs=1e-4)
    assert all(len(each.plot.to_json()) < 100_000 for each in run.figures.values())


def test_low_uniformity_alone_is_no_success() -> None:
    whole, same = runs_of("simclr")().metrics, runs_of("simclr")(second="same as the first").metrics
    assert same["uniformity"] < whole["uniformity"] - 0.5
    assert same["embedding_accuracy_percent"] < whole["pixel_accuracy_percent"]


def test_a_linear_probe_reads_embeddings_at_least_as_well_as_features() -> None:
    for seed in range(3):
        metrics = runs_of("simclr")(seed=seed).metrics
        assert metrics["embedding_probe_percent"] > metrics["feature_probe_percent"]
        assert metrics["feature_probe_percent"] > metrics["pixel_probe_percent"] + 10
    middle = trace(runs_of("simclr")().figures["course"], "features, all labels")
    assert middle.y[-1] == pytest.approx(runs_of("simclr")().metrics["feature_probe_percent"], abs=0.01)


def test_five_networks_share_one_training() -> None:
    run = runs_of("byol-simsiam")
    whole, other = run().metrics, run(kind="no predictor").metrics
    assert whole["byol_spread"] == other["byol_spread"] == whole["relative_spread"]
    assert other["relative_spread"] == other["spread_without_predictor"]
    bars = trace(run().figures["spread"], "values")
    assert np.asarray(bars.x)[0] == pytest.approx(whole["byol_spread"], abs=1e-5)
    assert all(len(each.plot.to_json()) < 100_000 for each in run().figures.values())


def test_without_a_predictor_the_moving_average_slows_the_collapse() -> None:
    found = runs_of("byol-simsiam")().metrics
    assert found["spread_without_predictor"] < found["spread_without_predictor_averaged"] < 0.4
    assert found["lowest_loss"] >= 3


def test_a_lost_spread_can_still_hold_the_digits() -> None:
    for seed in range(3):
        found = runs_of("byol-simsiam")(seed=seed).metrics
        assert found["byol_accuracy_percent"] < found["averaged_accuracy_percent"]
        assert found["byol_probe_percent"] < found["averaged_probe_percent"] - 5
        assert found["byol_probe_percent"] < found["pixel_probe_percent"]


def test_a_row_of_the_table_is_what_its_training_measures() -> None:
    arm = ("BYOL", "predictor")
    again, told = row(arm, "batch norm", 0.0), load_state(NAME)[key(*arm, "batch norm", 0.0)]
    assert again[:4] == pytest.approx(told[:4], abs=0.05, rel=0.05)


def test_the_table_says_what_the_page_says() -> None:
    metrics = runs_of("jepa-vs-paradigms")().metrics
    assert metrics["guards_that_matter"] == 4
    assert metrics["recorded_jepa_percent"] < metrics["pixel_accuracy_percent"]
    assert metrics["recorded_autoencoder_percent"] < metrics["pixel_accuracy_percent"]
    assert metrics["recorded_jepa_probe_percent"] < metrics["pixel_probe_percent"] - 5
    assert metrics["recorded_autoencoder_probe_percent"] == pytest.approx(metrics["pixel_probe_percent"], abs=3)
    assert metrics["recorded_simclr_probe_percent"] > metrics["recorded_byol_probe_percent"] + 10
    assert metrics["recorded_byol_probe_percent"] > metrics["pixel_probe_percent"] + 5
    whole, without_predictor = (recorded(arm, "batch norm", 0.0) for arm in ("BYOL", "BYOL, no predictor"))
    assert without_predictor.rank.mean() < 0.4 * whole.rank.mean()
    assert without_predictor.probe.mean() > whole.probe.mean()
    without = runs_of("jepa-vs-paradigms")(norm="no norm").metrics
    assert without["recorded_simclr_percent"] > 40
    bars = trace(runs_of("jepa-vs-paradigms")().figures["ranks"], "values")
    assert len(bars.x) == len(ARMS)


def test_in_batches_of_five_colours_the_colour_is_learned_and_the_shape_is_not() -> None:
    found = runs_of("clip")(batches="5, all colours different").metrics
    assert found["loss_of_its_batches"] < 0.01
    assert found["new_colour_percent"] > 95
    assert found["new_shape_percent"] < 45


def test_unknown_words_of_a_caption_are_named_and_left_out() -> None:
    controls = CaptionsControls(text="a shiny green square on the right")
    result = run_captions(controls, "cpu")
    assert "shiny" in result.notices[0]
    assert result.kinds[result.typed.argmax()].tolist() == [1, 1, 1]
    assert not run_captions(CaptionsControls(), "cpu").notices
    assert run_captions(CaptionsControls(text="nothing known"), "cpu").typed.isfinite().all()


def test_captions_backwards_keep_their_gaps_behind() -> None:
    result = run_captions(CaptionsControls(text="green square", order="backwards"), "cpu")
    assert torch.equal(result.typed, run_captions(CaptionsControls(text="square green"), "cpu").typed)


def test_every_training_of_clip_names_new_pairs() -> None:
    for training in range(5):
        assert runs_of("clip")(training=training).metrics["new_pairs_percent"] > 40
    grid = np.asarray(trace(runs_of("clip")().figures["match"], "values").z)
    assert grid.shape == (5, 8)


def test_no_training_of_clip_tells_which_of_two_shapes_has_which_colour() -> None:
    for training in range(5):
        two = runs_of("clip")(training=training, shown="two shapes").metrics
        assert 42 < two["right_colour_percent"] < 62
        assert runs_of("clip")(training=training).metrics["right_colour_percent"] > 97


def test_gathered_without_gradient_points_far_from_the_right_gradient_before_training_and_less_far_after() -> None:
    for training in range(5):
        split = runs_of("clip")(training=training, gathered="without gradient").metrics
        assert split["gradient_cosine_at_start"] < 0.5
        assert 0.75 < split["gradient_cosine"] < 0.99
        assert 0.4 < split["gradient_length"] < 0.75


def test_captions_written_backwards_drift_away_from_their_pictures() -> None:
    found = runs_of("clip")(order="backwards").metrics
    assert found["partner_cosine"] < 0.8 < runs_of("clip")().metrics["partner_cosine"]
    assert found["trained_pairs_percent"] < 80
