"""BM25, latent semantic analysis and the contrastive loss, compared with independent ones."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import minmax_scale
from torch.nn import functional

from models.language.contrastive_sentences import contrastive_loss, scores
from models.retrieval.bm25 import bm25, counted, lexical, plain_idf, positive_idf
from models.retrieval.hybrid import mean_ranks, min_max
from models.retrieval.latent_semantic import latent_scores, latent_space, smooth_idf, tf_idf
from models.seeding import normal

pytestmark = pytest.mark.parity
sizes = settings(max_examples=15, deadline=None)
WORDS = [f"w{number}" for number in range(12)]


def texts_of(count: int, seed: int) -> list[list[str]]:
    draws = np.random.default_rng(seed)
    return [list(draws.choice(WORDS, draws.integers(1, 9))) for _ in range(count)]


def scored_one_by_one(query: list[str], texts: list[list[str]], k1: float, b: float, added: float) -> list[float]:
    """BM25 word by word and passage by passage, from its formula."""
    mean_length = sum(map(len, texts)) / len(texts)
    found = []
    for text in texts:
        counts, total = Counter(text), 0.0
        for word in query:
            having = sum(word in other for other in texts)
            if having:
                idf = math.log(added + (len(texts) - having + 0.5) / (having + 0.5))
                total += idf * counts[word] * (k1 + 1) / (counts[word] + k1 * (1 - b + b * len(text) / mean_length))
        found.append(total)
    return found


@sizes
@given(st.integers(3, 15), st.sampled_from([0.0, 1.0]), st.integers(0, 99))
def test_bm25_is_its_formula_word_by_word(P, added, seed):
    texts, queries = texts_of(P, seed), texts_of(3, seed + 1)
    words = lexical(texts)
    idf = (positive_idf if added else plain_idf)(words.counts)
    ours = bm25(counted(queries, words.words), words.counts, idf)
    theirs = [scored_one_by_one(query, texts, 1.2, 0.75, added) for query in queries]
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-6)
    wrong = [scored_one_by_one(query, texts, 1.2, 0.0, added) for query in queries]
    if len(set(map(len, texts))) > 1 and np.abs(theirs).max() > 0.1:
        assert not np.allclose(theirs, wrong, atol=1e-5)


@sizes
@given(st.integers(6, 15), st.integers(1, 4), st.integers(0, 99))
def test_latent_semantic_analysis_is_scikit_learns(P, K, seed):
    texts, queries = texts_of(P, seed), texts_of(3, seed + 1)
    vectorizer = TfidfVectorizer(token_pattern=r"\S+")
    weighted = vectorizer.fit_transform(" ".join(text) for text in texts)
    words = lexical(texts)
    order = [words.words[word] for word in vectorizer.get_feature_names_out()]
    ours = tf_idf(words.counts, smooth_idf(words.counts))[:, order]
    np.testing.assert_allclose(ours.numpy(), weighted.toarray(), atol=1e-9)
    theirs = TruncatedSVD(K, algorithm="arpack", random_state=0)
    passages = theirs.fit_transform(weighted)
    asked = theirs.transform(vectorizer.transform(" ".join(text) for text in queries))
    values = torch.linalg.svdvals(ours)
    if values[K - 1] - values[K] < 1e-3:
        return  # the last direction is not determined
    space = latent_space(words.counts, K)
    found = latent_scores(counted(queries, words.words), space)
    there = np.linalg.norm(passages, axis=1) > 1e-6  # a passage without any part along the directions has no cosine
    np.testing.assert_allclose(found.numpy()[:, there], cosine_similarity(asked, passages[there]), atol=1e-6)


def test_directions_without_weights_are_noticed():
    texts = texts_of(12, 3)
    words = lexical(texts)
    plain = torch.linalg.svd(words.counts, full_matrices=False).Vh[:1]
    assert (plain @ latent_space(words.counts, 1).directions.T).abs().item() < 0.9999


@sizes
@given(st.integers(2, 6), st.integers(2, 9), st.integers(0, 99))
def test_ranks_and_scaled_scores_are_scipys_and_scikit_learns(Q, P, seed):
    s = (2 * normal(Q, P, seed=seed)).round()
    np.testing.assert_allclose(mean_ranks(s).numpy(), rankdata(-s.numpy(), axis=1))
    np.testing.assert_allclose(min_max(s).numpy(), minmax_scale(s.numpy(), axis=1), atol=1e-6)


@sizes
@given(st.integers(2, 7), st.integers(3, 9), st.integers(0, 99))
def test_the_contrastive_loss_is_the_papers_formula(N, D, seed):
    h, p, n = (functional.normalize(normal(N, D, seed=seed + at), dim=1) for at in range(3))
    ours = contrastive_loss(scores(h, p, n, 0.1), torch.zeros(N, N, dtype=torch.bool)).item()
    cos = lambda u, v: functional.cosine_similarity(u, v, dim=0).item() / 0.1
    parts = []
    for i in range(N):
        below = sum(math.exp(cos(h[i], p[j])) + math.exp(cos(h[i], n[j])) for j in range(N))
        parts.append(-math.log(math.exp(cos(h[i], p[i])) / below))
    assert ours == pytest.approx(sum(parts) / N, rel=1e-4)
    without = [
        -math.log(math.exp(cos(h[i], p[i])) / sum(math.exp(cos(h[i], p[j])) for j in range(N))) for i in range(N)
    ]
    assert ours != pytest.approx(sum(without) / N, rel=1e-4)
