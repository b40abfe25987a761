"""Numbers are written by one rule, metrics by their labels."""

import math

import pytest

from app.number_format import filled, label, number, parted

WRITTEN = {
    0.0: "0", 7.0: "7", 1000.0: "1 000", 35333.0: "35 333", 12345.6: "12 346", 1234.5: "1 235",
    999.96: "1 000", 9999.96: "10 000", 0.05: "0.05", 0.00099999: "0.001", 1.669e-6: "1.669e−6", 1e-5: "1e−5",
    -2.0625: "−2.063", 2.5e20: "2.5e20", 5e9 + 0.5: "5 000 000 001", math.inf: "∞", -math.inf: "−∞",
    1 / 3: "0.3333", 123456789.0: "123 456 789",
}  # fmt: skip


@pytest.mark.parametrize("value", WRITTEN)
def test_a_number_is_written_with_four_digits_and_grouped(value: float) -> None:
    assert number(value) == WRITTEN[value]


def test_what_is_no_number_says_so() -> None:
    assert number(math.nan) == "not a number"


def test_a_label_of_the_experiment_takes_the_place_of_the_field_name() -> None:
    labels = {"loss_nats": "loss on held-out text, nats per token", "ratio": "times smaller"}
    assert label("loss_nats", labels) == "Loss on held-out text, nats per token"
    assert parted("loss_nats", labels) == ("loss on held-out text", "nats per token")
    assert label("ratio", labels) == "Times smaller"
    assert label("mean_entropy_nats", labels) == "Mean entropy, nats"
    assert label("sigma", {"sigma": "σ of the noise"}) == "σ of the noise", "a symbol has no capital here"


def test_a_sentence_is_filled_with_what_was_measured() -> None:
    measured = {"loss_nats": 2.3102, "recall": 0.7504, "odd": math.nan}
    assert filled("From {loss_nats} to {recall:%}.", measured) == "From 2.31 to 75 %."
    assert filled("{odd} and {odd:%}", measured) == "not a number and not a number"
    with pytest.raises(KeyError):
        filled("{unknown}", measured)
