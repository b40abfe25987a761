"""What the page on depth and width says beyond its claims."""

import pytest
import torch

from app.experiments.transformers.layer_shapes.run import SHOWN, ShapeControls, accuracies, changed, recalls, run
from models.data.chained_pairs import SYMBOLS, chained
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.seeding import generator
from models.training import reader_recall
from models.training.reader_shapes import HOPS, pretrained
from tests.entries.evidence import runs_of


def test_all_shapes_have_nearly_equally_many_weights() -> None:
    counts = [parameter_count(pretrained(arm, 0)) for arm in HOPS]
    assert max(counts) / min(counts) < 1.05
    assert counts == [34_304, 33_320, 32_976]


def test_every_training_of_the_wide_layer_is_below_every_mean_of_the_others() -> None:
    found = accuracies("as drawn", 0)[..., -1]  # (3, 5)
    assert found[0].max() < found[1:].mean(dim=1).min()


def test_another_order_changes_no_answer_and_keeps_the_questions() -> None:
    ids, _, _ = chained(3, generator(0))
    moved = changed(ids, "in another order", 0)
    assert moved[:, SYMBOLS:].equal(ids[:, SYMBOLS:])
    assert moved[:, :SYMBOLS].sum(dim=1).equal(ids[:, :SYMBOLS].sum(dim=1))
    assert not moved.equal(ids)
    torch.testing.assert_close(accuracies("in another order", 0), accuracies("as drawn", 0), atol=0.01, rtol=0)


def test_attention_is_a_distribution_over_the_pairs_in_each_layer() -> None:
    for shape, layers in (("1 layer, width 64", 1), ("4 layers, width 32", 4)):
        weights = run(ShapeControls(shape=shape), "cpu").weights
        assert weights.shape == (layers, SYMBOLS)
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(layers))


def test_published_depths() -> None:
    assert [CONFIGS[name].layers for name in ("Llama 3 70B", "DeepSeek 67B", "DeepSeek-V3")] == [80, 95, 61]
    assert set(SHOWN) <= set(CONFIGS)


def test_one_hop_without_the_right_pairs_is_near_guessing() -> None:
    found = runs_of("depth-vs-width").metrics()({"pairs": "second symbols at random"})
    assert abs(found["one_hop_share"] - found["chance"]) < 0.1


def test_the_claim_on_any_shape_is_held_against_the_worst() -> None:
    for shape in ("1 layer, width 64", "4 layers, width 32"):
        found = runs_of("depth-vs-width").metrics()({"shape": shape})
        assert found["lowest_one_hop_share"] == pytest.approx(0.93, abs=0.02)


def test_trainings_of_four_layers_differ_as_the_details_say() -> None:
    found = accuracies("as drawn", 0)[2, :, -1]
    assert (found > 0.95).sum() == 3
    assert 0.25 < found.min() < 0.42


def test_readers_of_many_pairs_have_the_weights_that_the_details_say() -> None:
    counts = [parameter_count(reader_recall.pretrained(arm, 0)) for arm in HOPS]
    assert counts == [37_312, 35_388, 34_480]
    assert sum(steps for steps, _, _ in reader_recall.STAGES) == reader_recall.PLAN.steps == 500


def test_every_training_recalls_one_of_32_pairs() -> None:
    assert recalls("as drawn", 0).min() > 0.98
    assert recalls("second symbols at random", 0).max() < 0.1


def test_the_stages_follow_each_other() -> None:
    assert [reader_recall.stage(step) for step in (1, 180, 181, 380, 381, 500, 900)] == [
        (4, 32), (4, 32), (8, 24), (16, 12), (32, 6), (32, 6), (32, 6)
    ]  # fmt: skip
