"""What the page on the FFN's expansion ratio says beyond its claims."""

import pytest

from app.experiments.transformers.hidden_ratio.run import ARMS, RatioControls, mlp_share, run
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.training.cells import TRAININGS
from models.training.reader_ratios import RATIOS, pretrained
from tests.entries.evidence import runs_of


def test_all_shapes_have_nearly_equally_many_weights() -> None:
    counts = [parameter_count(pretrained(arm, 0)) for arm in RATIOS]
    assert max(counts) / min(counts) < 1.01
    assert all(abs(count - 12_100) < 70 for count in counts)


def test_ratios_are_named_rightly() -> None:
    for name, arm in ARMS.items():
        assert float(name) == pytest.approx(RATIOS[arm].hidden / RATIOS[arm].width, rel=0.05)


def test_shares_of_the_fact_check() -> None:
    assert mlp_share(CONFIGS["GPT-2"]) == pytest.approx(2 / 3, abs=1e-3)
    assert mlp_share(CONFIGS["Llama 3 8B"]) == pytest.approx(0.81, abs=0.005)
    assert runs_of("ffn-expansion-ratio").metrics()({"keys": "as many heads as queries"})["mlp_share"] == pytest.approx(
        0.724, abs=1e-3
    )


def test_a_valley_with_two_walls_in_every_training_mean() -> None:
    losses = run(RatioControls(), "cpu").losses.mean(dim=2)  # (5, 5)
    assert losses.shape == (5, TRAININGS)
    means = losses.mean(dim=1)
    assert means[0] > means[1] + 0.3
    assert means[3] > means[2] + 0.3
    assert means[4] > means[3]


def test_the_seed_picks_the_training() -> None:
    assert run(RatioControls(seed=7), "cpu").training == 2
