"""What the page on the sparse autoencoder says beyond its claims."""

import torch

from app.experiments.generative.sparse_features.dictionaries import CLASSES, dictionary, tokens
from app.experiments.generative.sparse_features.run import SparseControls, run
from tests.entries.evidence import runs_of


def test_words_for_choosing_and_held_out_words_are_different_and_classes_equally_large():
    given = tokens(3, "cpu")
    for cut in given.halves:
        assert not set(given.ids[cut.chosen_on].tolist()) & set(given.ids[cut.held_out].tolist())
        assert cut.kind.bincount().unique().numel() == 1
    assert len(CLASSES) == 10


def test_free_norms_more_than_halve_l1_while_more_features_fire():
    as_published, free = dictionary("2", 3, "cpu"), dictionary("free norms", 3, "cpu")
    assert free.l1 < 0.55 * as_published.l1
    assert free.firing > 1.5 * as_published.firing
    assert free.explained > as_published.explained


def test_gaussian_vectors_need_about_four_times_as_many_features():
    assert 3.5 < dictionary("Gaussian vectors", 3, "cpu").firing / dictionary("2", 3, "cpu").firing < 4.5


def test_a_larger_penalty_leaves_fewer_features_and_less_of_the_variance() -> None:
    swept = run(SparseControls(penalty="0"), "cpu").sweep
    firing, kept = [one.firing for one in swept.values()], [one.explained for one in swept.values()]
    assert list(swept) == ["0", "0.5", "1", "2", "6", "15"]
    assert firing == sorted(firing, reverse=True)
    assert kept == sorted(kept, reverse=True)
    assert firing[0] > 60
    assert kept[0] > 0.98
    assert firing[-1] < 1
    purity = {penalty: one.purity.mean().item() for penalty, one in swept.items()}
    assert purity["0"] < runs_of("sparse-autoencoder")().metrics["purity_raw"] + 0.08 < purity["2"]


def test_a_clamp_at_its_own_value_changes_nothing_and_extremes_are_finite():
    still = run(SparseControls(), "cpu")
    own = still.features[-1, still.feature].item()
    if own == 0:
        same = run(SparseControls(clamp=0), "cpu")
        torch.testing.assert_close(same.after, same.before)
    for change in ({"clamp": 30}, {"text": "a"}, {"clamp": 0}):
        metrics = runs_of("sparse-autoencoder").metrics()(change)
        assert all(torch.isfinite(torch.tensor(list(metrics.values()))))
