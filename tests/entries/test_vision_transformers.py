"""What the pages on vision transformers say beyond their claims."""

import pytest
import torch

from app.experiments import experiment
from app.experiments.vision.vision_transformer.ranked_patches import accuracy_without, held_out, ranked
from app.experiments.vision.vision_transformer.run import LEFT_OUT
from models.interpretability.patch_evidence import of_class_token, rollouts
from models.training.patch_vits import TRAININGS, pretrained
from models.transformer.patch_embedding import correlation_with_distance, position_similarity
from tests.entries.evidence import runs_of


def result_of(family: str, **change: object):
    found = experiment(family)
    return found.run(found.controls(**change), "cpu")


def test_the_class_token_s_rollout_is_the_score_and_the_framed_patches_are_the_highest():
    result = result_of("vision/vision_transformer")
    torch.testing.assert_close(result.score, of_class_token(rollouts(result.layers)[-1])[0])
    assert set(result.removed["yours"].tolist()) == set(result.score.topk(3).indices.tolist())
    torch.testing.assert_close(of_class_token(result.by_head[-1].mean(dim=1))[0], result.score)


def test_accuracy_falls_as_more_of_the_highest_are_left_out():
    lines = result_of("vision/vision_transformer").accuracy
    assert lines["highest"] == sorted(lines["highest"], reverse=True)
    assert all(low < chance for low, chance in zip(lines["highest"][2:], lines["random"][2:], strict=True))
    assert len(lines["lowest"]) == len(LEFT_OUT)


def test_the_last_layer_alone_is_the_poorer_guide():
    by = {name: accuracy_without(name, 3, 0, "cpu") for name in ("rollout", "last layer alone", "most ink")}
    assert by["last layer alone"] > by["rollout"] + 0.1
    assert by["rollout"] <= by["most ink"] < by["rollout"] + 0.1, "ink does nearly as well"


def test_borrowed_ranks_are_of_another_picture():
    held = held_out("cpu")
    own = of_class_token(rollouts(held.layers)[-1])
    for borrowed in ("same digit", "another digit"):
        for score in ranked(borrowed, 3, "cpu"):
            source = torch.cdist(score, own).argmin(dim=1)
            assert (source != torch.arange(len(source))).all()
            assert ((held.labels[source] == held.labels) == (borrowed == "same digit")).all()


@pytest.mark.parametrize("drawing", ["0" * 64, "f" * 64])
def test_paper_and_ink_alone_are_drawings_too(drawing: str):
    for family in ("vision/vision_transformer", "vision/patch_embedding"):
        found = experiment(family)
        result = found.run(found.controls(drawing=drawing), "cpu")
        assert found.figures(result, found.measure(result))


def test_without_positions_shuffled_patches_change_nothing():
    metrics = runs_of("patch-embedding").metrics()({"kind": "no positions"})
    assert metrics["verdict_change"] < 1e-4
    assert runs_of("patch-embedding").metrics()({})["verdict_change"] > 0.1


def test_position_vectors_tell_nearness_weakly_and_not_where_neighbours_are_elsewhere():
    def correlations(kind: str) -> list[float]:
        known = (pretrained(2, kind, training).position[1:] for training in range(TRAININGS))
        return [correlation_with_distance(position_similarity(one)).item() for one in known]

    assert all(-0.5 < one < -0.1 for one in correlations("positions"))
    assert all(one > -0.1 for one in correlations("reordered"))


def test_larger_patches_need_positions_less():
    gain = {side: runs_of("patch-embedding").metrics()({"side": side})["gain_by_positions"] for side in (2, 4, 8)}
    assert gain[2] > gain[4] > gain[8]
    assert abs(gain[8]) < 0.02, "one patch has no order"


def test_the_shipped_networks_without_positions_have_none():
    assert not pretrained(2, "no positions").position.any()
    assert pretrained(2, "reordered").position.any()
