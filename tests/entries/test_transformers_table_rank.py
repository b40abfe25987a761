"""What the page on the embedding dimension says beyond its claims."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from app.claims import verdict
from app.experiments.transformers.table_rank.run import (
    CHECKPOINT,
    KEPT,
    REAL_WIDTHS,
    WIDTHS,
    RankControls,
    loss,
    measure,
    run,
)
from models.interpretability.table_rank import best_directions, cut, kept_share, random_directions, with_table
from models.language.pretrained_decoders import pretrained
from models.linear.random_overlap import expected_limit, largest_similarity, normal_vectors, recovered_share
from models.published.configs import CONFIGS
from models.published.weights import total_weights
from models.published.widths import at_width
from tests.entries.evidence import runs_of


def test_all_directions_cut_nothing() -> None:
    E = pretrained(CHECKPOINT, "cpu").embedding.weight
    for B in (best_directions(E, 192), random_directions(192, 192, 0)):
        torch.testing.assert_close(cut(E, B), E, atol=1e-3, rtol=1e-3)
        assert kept_share(E, B).item() == pytest.approx(1, abs=1e-4)


def test_no_other_directions_keep_more_of_the_length() -> None:
    E = pretrained(CHECKPOINT, "cpu").embedding.weight
    best = kept_share(E, best_directions(E, 40))
    assert best > kept_share(E, best_directions(E[::2], 40)) > kept_share(E, random_directions(192, 40, 1))


def test_a_cut_table_is_at_both_ends() -> None:
    model, ids = pretrained(CHECKPOINT, "cpu"), torch.arange(9)[None]
    changed = with_table(model, torch.zeros_like(model.embedding.weight))
    assert changed(ids)[0].abs().max() == 0
    assert model(ids)[0].abs().max() > 0


def test_the_best_lead_at_every_number_kept() -> None:
    for r in KEPT:
        assert loss("the table's best", r, 0, "cpu") < loss("at random", r, 0, "cpu")


def test_similarities_by_hand() -> None:
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-3.0, 3.0]])
    assert largest_similarity(x).item() == pytest.approx(0.5**0.5)
    assert expected_limit(512, 64) == pytest.approx(2 * expected_limit(512, 256))


def test_the_largest_similarity_falls_with_the_width() -> None:
    result = run(RankControls(), "cpu")
    assert len(result.similarities) == len(WIDTHS)
    assert (result.similarities.diff() < 0).all()


def test_widths_and_layers_of_the_table() -> None:
    sizes = {"GPT-2": (768, 12), "Llama 3 8B": (4096, 32), "Llama 3 70B": (8192, 80), "GPT-3 175B": (12288, 96)}
    assert sizes == {name: (CONFIGS[name].width, CONFIGS[name].layers) for name in sizes}


def test_no_cosine_can_exceed_the_limit_of_few_numbers_by_a_fifth() -> None:
    claim = runs_of("embedding-dimension").entry.live.claims[1]
    for width, wanted in ((16, "does not apply"), (32, "does not apply"), (64, "failed"), (128, "failed")):
        metrics = runs_of("embedding-dimension")(width=width, vectors="all positive").metrics
        assert verdict(claim, metrics) == wanted


def test_at_two_of_the_widths_stand_published_models() -> None:
    for width, name in ((2560, "GPT-3 2.7B"), (4096, "GPT-3 6.7B")):
        assert measure(run(RankControls(real_width=width), "cpu"))["weights_at_the_width"] == total_weights(
            CONFIGS[name]
        )
    with pytest.raises(ValueError, match="32 heads"):
        at_width(CONFIGS["GPT-3 6.7B"], 1000)
    with pytest.raises(ValueError, match="Llama 3 8B"):
        at_width(CONFIGS["Llama 3 8B"], 8192)


@pytest.mark.parametrize("width", REAL_WIDTHS)
def test_a_width_costs_what_the_architecture_on_the_meta_device_has(width: int) -> None:
    c = GPT2Config(n_layer=32, n_embd=width, n_head=32, n_positions=2048)
    with torch.device("meta"):
        whole = GPT2LMHeadModel(c)
    found = measure(run(RankControls(real_width=width), "cpu"))
    assert found["weights_at_the_width"] == sum(p.numel() for p in whole.parameters())
    assert found["bytes_at_the_width"] == 2 * found["weights_at_the_width"]
    matrices = 32 * 12 * width**2 + 50_257 * width
    assert found["operations_per_token"] == pytest.approx(2 * matrices + 4 * 32 * 2048 * width)


def test_noise_is_as_long_as_it_is_said_to_be_and_wider_vectors_are_recovered_more_often() -> None:
    x = normal_vectors(512, 64, 0)
    assert recovered_share(x, 0.0, 1) == 1
    assert recovered_share(x, 100.0, 1) < 0.02
    shares = run(RankControls(), "cpu").recovered
    assert (shares.diff() >= 0).all()
    assert shares[0] < 0.35
    assert shares[2] > 0.95
