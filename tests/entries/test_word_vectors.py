"""What the pages on word vectors and the embedding layer say beyond their claims."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from app.experiments.tokens.cosine_angles.run import BLUE, ORANGE, two_arrows
from app.experiments.tokens.embedding_rows.run import RULES, EmbeddingRowsControls, changed_absent, in_batch
from app.experiments.tokens.embedding_rows.run import run as rows_run
from app.experiments.tokens.word_choice import CHOICES, CLASS_NAMES
from app.experiments.tokens.word_training.run import WordTrainingControls, WordTrainingResult, chance
from app.experiments.tokens.word_training.run import run as training_run
from app.experiments.tokens.word_vectors.run import WordVectorsControls
from app.experiments.tokens.word_vectors.run import run as vectors_run
from models.data.word_vector_text import words
from models.tokenization.tokenizer import ids_of, labels
from tests.entries.evidence import runs_of


def trained(**change) -> WordTrainingResult:
    *_, result = training_run(WordTrainingControls(**{"steps": 100} | change), "cpu")
    return result


def test_the_map_of_word_embedding_shows_every_word_where_its_components_put_it():
    result, plot = trained(), runs_of("word-embedding")(steps=100).figures["map"].plot
    dots = {trace.name: trace for trace in plot.data}
    assert sum(len(dots[name].x) for name in CLASS_NAMES if name in dots) == len(result.words.names)
    X = result.progress.newest.vectors
    at = [word[0] for word in dots["city"].customdata].index("Rome")
    U, S, _ = torch.linalg.svd(X - X.mean(dim=0), full_matrices=False)
    mine = (U * S)[result.words.names.index("Rome"), :2].abs()
    assert [abs(dots["city"].x[at]), abs(dots["city"].y[at])] == pytest.approx(mine.tolist(), rel=1e-3)
    assert len(plot.frames) == len(result.progress.snapshots)
    assert dots["city"].meta["sets"] == ["word"]


def test_the_bars_of_word_embedding_are_its_cosines_in_order():
    result, figure = trained(), runs_of("word-embedding")(steps=100).figures["neighbours"]
    names = [word[0] for word in figure.plot.data[0].customdata]
    X = result.progress.newest.vectors
    found = functional.cosine_similarity(X[result.picked][None], X)
    expected = [found[result.words.names.index(name)].item() for name in names]
    assert list(figure.plot.data[0].x) == pytest.approx(expected, abs=1e-5)
    assert expected == sorted(expected, reverse=True)
    assert expected[0] == pytest.approx(found[torch.arange(len(X)) != result.picked].max().item())


def test_chance_is_the_mean_share_of_the_own_class():
    classes = torch.tensor([0, 0, 0, 1])
    assert chance(classes) == pytest.approx(3 / 4 * 2 / 3)


def test_every_choice_of_a_word_leads_to_a_word():
    shown = words(0)
    missing = [word for word in CHOICES if word not in shown.names]
    assert len(missing) <= 8
    assert trained(word=missing[0]).notices[0].startswith(f"word: “{missing[0]}” is not among the words")
    assert trained(word=CHOICES[-1]).words.names[trained(word=CHOICES[-1]).picked] == CHOICES[-1]


@pytest.mark.parametrize("change", [{"noise_words": 15, "learning_rate": 0.2}, {"noise_words": 0, "window": 10}])
def test_extremes_of_word_embedding_are_finite(change):
    run = runs_of("word-embedding")(steps=100, **change)
    assert all(np.isfinite(value) for value in run.metrics.values())
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())


def test_the_sheet_has_a_coloured_cell_for_every_changed_row_and_a_dot_for_every_token_of_the_batch():
    result = rows_run(EmbeddingRowsControls(), "cpu")
    cells, dots = runs_of("embedding-layer")().figures["rows"].plot.data
    assert np.array_equal(np.asarray(cells.z).ravel() > 0, result.trained.step.change.numpy() > 0)
    tokens = np.asarray(dots.y) * 64 + np.asarray(dots.x)
    assert sorted(tokens.tolist()) == sorted(set(result.trained.batch.tolist()))


def test_the_bars_count_the_rows_that_each_optimizer_changes():
    result = rows_run(EmbeddingRowsControls(), "cpu")
    here, absent = runs_of("embedding-layer")().figures["rules"].plot.data
    for at, rule in enumerate(RULES):
        one = result.others[rule]
        assert absent.x[at] == changed_absent(one)
        assert here.x[at] == int(((one.step.change > 0) & in_batch(one)).sum())


def test_an_embedding_layer_without_earlier_batches_moves_only_its_rows_with_adam():
    metrics = runs_of("embedding-layer").metrics()
    assert metrics({"earlier": 0})["absent_rows_changed"] == 0
    assert metrics({"rule": "SparseAdam"})["absent_rows_changed"] == 0
    assert metrics({"tied": True, "rule": "SGD"})["rows_changed"] == 1024


def test_never_used_tokens_stay_at_their_start_unless_tied():
    metrics = runs_of("embedding-layer").metrics()
    assert abs(metrics({"earlier": 100})["never_used_mean_cosine"]) < 0.02
    assert metrics({"earlier": 100, "tied": True})["never_used_mean_cosine"] > 0.8


def test_the_map_of_a_trained_table_turns_and_keeps_heights():
    plot = runs_of("embedding-vector")().figures["map"].plot
    before, quarter = (plot.frames[at]._props["data"][1] for at in (0, 9))  # cities, half a turn apart
    np.testing.assert_allclose(before["y"], quarter["y"], atol=1e-6)
    np.testing.assert_allclose(before["x"], -np.asarray(quarter["x"]), atol=1e-4)


def test_the_analogy_on_the_page_is_that_of_its_words():
    result = vectors_run(WordVectorsControls(a="king", b="queen", c="man"), "cpu")
    figure = runs_of("embedding-vector")(a="king", b="queen", c="man").figures["analogy"]
    unit = functional.normalize(result.table, dim=1)
    a, b, c = (ids_of(word)[0] for word in ("king", "queen", "man"))
    scores = unit @ functional.normalize(unit[b] - unit[a] + unit[c], dim=0)
    scores[[a, b, c]] = -2
    assert figure.plot.data[0].customdata[0][0] == labels()[int(scores.argmax())]
    assert figure.plot.data[0].x[0] == pytest.approx(scores.max().item(), abs=1e-5)


def test_a_rotation_changes_nothing_that_embedding_vector_measures():
    metrics = runs_of("embedding-vector").metrics()
    plain, rotated = metrics({}), metrics({"rotation": True})
    assert {name: rotated[name] for name in plain} == pytest.approx(plain, abs=1e-4)


def test_the_arrows_are_the_last_points_of_each_class():
    assert two_arrows("a1_2 b0_1 a-1_0.5").tolist() == [[-1.0, 0.5], [0.0, 1.0]]
    assert two_arrows("").tolist() == [pytest.approx(BLUE), pytest.approx(ORANGE)]
    figure = runs_of("cosine-similarity")(arrows="a1_0 b0_2").figures["arrows"]
    assert "Cosine 0.000, dot product 0.000, distance 2.236" in figure.text
    assert "no direction" in runs_of("cosine-similarity")(arrows="a0_0").figures["arrows"].text


@pytest.mark.parametrize("table", ["rescaled", "rotated"])
def test_changed_tables_predict_the_same(table):
    metrics = runs_of("cosine-similarity").metrics()({"table": table, "strength": 3.0})
    assert metrics["prediction_change"] < 1e-4


def test_centring_undoes_any_common_offset():
    metrics = runs_of("cosine-similarity").metrics()
    one, other = (metrics({"offset": offset, "centre": True})["mean_cosine"] for offset in (0.0, 3.0))
    assert one == pytest.approx(other, abs=1e-3)
