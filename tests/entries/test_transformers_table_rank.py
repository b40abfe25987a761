"""What the page on the embedding dimension says beyond its claims."""

import pytest
import torch

from app.claims import verdict
from app.experiments.transformers.table_rank.run import CHECKPOINT, KEPT, WIDTHS, RankControls, loss, run
from models.interpretability.table_rank import best_directions, cut, kept_share, random_directions, with_table
from models.language.pretrained_decoders import pretrained
from models.linear.random_overlap import expected_limit, largest_similarity
from models.published.configs import CONFIGS
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


def test_no_cosine_can_reach_the_limit_of_16_numbers() -> None:
    claim = runs_of("embedding-dimension").entry.live.claims[1]
    for width, wanted in ((16, "does not apply"), (32, "failed")):
        metrics = runs_of("embedding-dimension")(width=width, vectors="all positive").metrics
        assert verdict(claim, metrics) == wanted
