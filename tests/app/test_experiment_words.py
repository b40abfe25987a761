"""Field names become what the page calls them, once the experiment is there."""

from app.experiment_words import control_name, metric_label
from app.experiments import experiment


def test_a_control_is_called_by_its_title_and_a_metric_by_its_label() -> None:
    found = experiment("foundations/softmax")
    title = found.controls.model_fields["shift"].title or ""
    assert control_name("foundations/softmax", "shift").lower() == title.lower()
    for metric, words in found.labels.items():
        assert metric_label("foundations/softmax", metric).lower().startswith(words.split(",")[0].lower())


def test_what_is_not_imported_is_read_from_its_name() -> None:
    assert control_name("none/at_all", "when_after") == "when after"
    assert metric_label("none/at_all", "loss_nats") == "Loss, nats"
