"""Every shape comment of sentence vectors and of search, executed."""

import torch

from models.data import sentence_triples, synonym_tokens
from models.language import contrastive_sentences
from models.retrieval import bm25, hybrid, latent_semantic
from models.seeding import normal
from models.training import sentence_encoder
from tests.shape_comments import shapes_checked

N, D, P, Q = 6, 5, 9, 4


def test_shape_comments_of_sentences_are_true() -> None:
    with shapes_checked(sentence_triples, N=N) as watch:
        found = sentence_triples.triples(N, "role swaps", 0)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(synonym_tokens, B=2, T=5) as watch:
        synonym_tokens.padded(["a", "what does kid do a"])
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(contrastive_sentences, N=N) as watch:
        h = normal(N, D, seed=0)
        contrastive_sentences.contrastive_loss(
            contrastive_sentences.scores(h, h, h), torch.zeros(N, N, dtype=torch.bool)
        )
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(sentence_encoder, T=found.query.shape[1]) as watch:
        model = sentence_encoder.pretrained("role swaps", 0)
        sentence_encoder.loss_of(model, found, 3, torch.Generator().manual_seed(0))
    assert watch.reached
    assert not watch.unreached()


def test_shape_comments_of_search_are_true() -> None:
    texts = [[f"w{(row + at) % 7}" for at in range(3)] for row in range(P)]
    with shapes_checked(bm25, P=P, W=7) as watch:
        words = bm25.lexical(texts)
        asked = bm25.counted(texts[:Q], words.words)
        for idf in (bm25.plain_idf, bm25.positive_idf):
            scores = bm25.bm25(asked, words.counts, idf(words.counts))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(latent_semantic, P=P, W=7, K=2, Q=Q) as watch:
        space = latent_semantic.latent_space(words.counts, 2)
        latent_semantic.latent_scores(asked, space)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(hybrid, P=P, Q=Q) as watch:
        hybrid.reciprocal_rank_fusion(hybrid.min_max(scores), scores)
        hybrid.recall_at(scores, torch.arange(Q), 2)
    assert watch.reached
    assert not watch.unreached()
