"""What the page on vision encoders says beyond its claims."""

from app.experiments import experiment
from app.experiments.vision.frozen_features.run import DIGITS
from models.data.digits import digits
from tests.entries.evidence import runs_of


def test_the_digits_of_the_probe_were_in_no_training():
    found = experiment("vision/frozen_features")
    result = found.run(found.controls(), "cpu")
    assert set(result.labels.tolist()) == set(range(5, 10))
    assert len(result.labels) == DIGITS <= sum(int((half.labels >= 5).sum()) for half in digits())


def test_random_labels_serve_the_cnn_and_not_the_transformer():
    metrics = runs_of("vision-encoder").metrics()({})
    assert metrics["cnn_shuffled_probe_accuracy"] > metrics["cnn_untrained_probe_accuracy"] + 0.02
    assert metrics["vit_shuffled_probe_accuracy"] < metrics["vit_probe_accuracy"] - 0.05


def test_centred_pixels_are_a_strong_baseline():
    metrics = runs_of("vision-encoder").metrics()({"shift": "none"})
    assert metrics["pixels_probe_accuracy"] > 0.85
    assert metrics["pixels_probe_accuracy"] > metrics["vit_probe_accuracy"] + 0.1


def test_paper_alone_is_a_drawing_too():
    found = experiment("vision/frozen_features")
    result = found.run(found.controls(drawing="0" * 64, encoder="pixels"), "cpu")
    assert found.figures(result, found.measure(result))
