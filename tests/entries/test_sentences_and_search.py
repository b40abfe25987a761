"""What the pages on semantic similarity and semantic search say beyond their claims."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from app.experiments.memo import memo
from app.experiments.tokens import sentence_encoders
from app.experiments.tokens.passage_search.glossary_words import glossary
from app.experiments.tokens.passage_search.run import PassageSearchControls
from app.experiments.tokens.passage_search.run import run as search_run
from app.experiments.tokens.passage_search.scores import WEIGHTS, tuned
from app.experiments.tokens.sentence_encoders import offered
from app.experiments.tokens.sentence_meaning.run import SentenceMeaningControls
from app.experiments.tokens.sentence_meaning.run import run as meaning_run
from glossary import reader
from models.real.folder import Published
from models.seeding import seeded
from models.tokenization.tokenizer import Encoded
from models.training.sentence_encoder import pretrained, vectors
from models.transformer.encoder import EncoderConfig
from models.transformer.sentence_encoder import SentenceEncoder
from tests.entries.evidence import runs_of


def test_the_bars_are_the_similarities_of_the_typed_sentences():
    typed = {"text": "the old boss hires a worker", "paraphrase": "one labourer", "swap": "the old worker hires a boss"}
    result = meaning_run(SentenceMeaningControls(**typed), "cpu")
    whole = vectors(pretrained("role swaps", 0), list(typed.values()))
    expected = functional.cosine_similarity(whole[:1], whole[1:])
    found = result.typed["encoder"]
    torch.testing.assert_close(torch.cat([found.paraphrase, found.swap]), expected)
    bars = runs_of("semantic-similarity")(**typed).figures["typed"].plot.data
    assert [bars[0].y[2], bars[1].y[2]] == pytest.approx(expected.tolist(), abs=1e-5)
    assert (bars[0].y[0], bars[1].y[0]) == (0, 1)


def test_the_mean_word_vector_cannot_tell_a_role_swap():
    result = meaning_run(SentenceMeaningControls(), "cpu")
    torch.testing.assert_close(result.held_out["mean word vector"].swap, torch.ones(200))


def test_any_text_can_be_typed():
    metrics = runs_of("semantic-similarity").metrics()({"text": "?!", "paraphrase": "Zürich 7", "swap": "a"})
    assert np.isfinite(metrics["paraphrase_accuracy"])
    long = meaning_run(SentenceMeaningControls(text="antidisestablishmentarianism " * 3), "cpu")
    assert long.notices == ["text: only the first 32 of 84 tokens are read"]


def test_the_first_of_each_list_is_the_best_of_its_scores():
    result = search_run(PassageSearchControls(query="that happy kid spots one robber"), "cpu")
    for texts, ranked in result.found.values():
        assert ranked.scores.tolist() == sorted(ranked.scores.tolist(), reverse=True)
        assert texts[ranked.places[0]] in result.passages
    model = pretrained("role swaps", 0)
    dense = vectors(model, ["that happy kid spots one robber"]) @ vectors(model, list(result.passages)).T
    assert result.found["encoder"][1].places[0] == int(dense.argmax())


def test_kalo_is_found_by_his_name_at_any_seed():
    for seed in (0, 1, 2):
        texts, ranked = search_run(PassageSearchControls(seed=seed), "cpu").found["BM25"]
        assert texts[ranked.places[0]].startswith("Kalo ")


def test_the_ends_of_the_weight_are_the_methods_alone():
    result = search_run(PassageSearchControls(), "cpu")
    for kind, line in result.by_weight.items():
        assert line[0] == pytest.approx(result.recall["encoder"][kind], abs=1e-6)
        assert line[-1] == pytest.approx(result.recall["BM25"][kind], abs=1e-6)
    assert tuned({"one": [float(w == WEIGHTS[7]) for w in WEIGHTS]}) == WEIGHTS[7]


@pytest.mark.parametrize(
    ("query", "title"), [("rotate queries and keys by position", "RoPE"), ("cut the tail of the distribution", "")]
)
def test_this_glossary_is_searched_by_its_own_words(query, title):
    result = search_run(PassageSearchControls(query=query, searched="this glossary"), "cpu")
    assert set(result.found) == {"BM25", "latent semantic analysis"}
    titles = {entry.title for entry in reader.entries().values()}
    for texts, ranked in result.found.values():
        assert {texts[at] for at in ranked.places} <= titles
    texts, ranked = result.found["BM25"]
    assert any(title in texts[at] for at in ranked.places)


def test_the_space_of_the_glossary_has_its_dimensions():
    found = glossary()
    assert found.space.passages.shape == (len(reader.entries()), 64)


@pytest.mark.parametrize("change", [{"query": "???"}, {"query": "???", "searched": "this glossary"}])
def test_a_query_without_a_known_word_gives_a_page(change):
    run = runs_of("semantic-search")(**change)
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run.figures.values())


def test_only_the_small_encoders_are_offered_where_nothing_else_is_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("MODELARIUM_REAL", str(tmp_path))
    assert offered() == ("tiny world",)
    with pytest.raises(ValueError, match="takes one of tiny world"):
        SentenceMeaningControls(model="MiniLM")


class Bytes:
    """A vocabulary in which each byte is a token, between two tokens for the ends."""

    def with_ends(self, text: str) -> list[int]:
        return [1, *text.encode(), 2]

    def encode(self, text: str) -> Encoded:
        return Encoded(list(text.encode()), list(text), None)


@pytest.fixture
def published(monkeypatch):
    """An encoder that is none of the small ones, under the name of a published one."""
    sizes = EncoderConfig(vocabulary=256, width=16, layers=1, heads=2, hidden=32, context=64)
    model = seeded(lambda: SentenceEncoder(sizes), 0).eval().requires_grad_(False)
    found = Published(model, Bytes(), {}, None)  # type: ignore[arg-type]
    monkeypatch.setattr(sentence_encoders, "present", lambda kind: ("Published",))
    monkeypatch.setattr(sentence_encoders, "load_encoder", lambda name, device: found)
    memo.clear()
    yield found
    memo.clear()


def test_a_published_encoder_reads_the_same_sentences(published):
    c = SentenceMeaningControls(model="Published", text="x" * 80)
    assert (c.published, c.badge) == (True, "published weights")
    result = meaning_run(c, "cpu")
    assert len(result.held_out["encoder"].swap) == 40
    assert result.parameters == sum(weight.numel() for weight in published.model.parameters())
    assert result.notices == ["text: only the first 64 of 82 tokens are read"]
    ids = torch.tensor([[1, *b"the glad thief sees a child", 2]])
    torch.testing.assert_close(result.shown[2:], published.model(ids)[0])


def test_a_published_encoder_searches_the_passages_and_this_glossary(published):
    result = search_run(PassageSearchControls(model="Published", searched="this glossary"), "cpu")
    assert set(result.found) == {"BM25", "latent semantic analysis", "Published"}
    assert set(result.recall["encoder"]) == {"other words", "a name", "both"}
