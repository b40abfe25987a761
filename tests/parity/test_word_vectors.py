"""Principal components, cosines and lookups, compared with scikit-learn and torch's own layers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances
from sklearn.neighbors import NearestNeighbors
from torch import nn
from torch.nn import functional

from models.language.skip_gram import started
from models.language.word_vectors import cosines, nearest, nearness
from models.layers.embedding_training import TableTraining, built
from models.linear.principal_components import principal_components, projected
from models.seeding import generator, normal

pytestmark = pytest.mark.parity
sizes = settings(max_examples=15, deadline=None)


@sizes
@given(st.integers(5, 40), st.integers(3, 9), st.integers(1, 3), st.integers(0, 99))
def test_principal_components_are_scikit_learns(P, D, K, seed):
    X = normal(P, D, seed=seed).double() * torch.arange(1, D + 1) + 3
    theirs = PCA(K, svd_solver="full").fit(X.numpy())
    ours = principal_components(X, K)
    signs = np.sign((theirs.components_ * ours.directions.numpy()).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(signs * ours.directions.numpy(), theirs.components_, atol=1e-8)
    np.testing.assert_allclose(ours.variances.numpy(), theirs.explained_variance_, atol=1e-8)
    np.testing.assert_allclose(ours.shares.numpy(), theirs.explained_variance_ratio_, atol=1e-8)
    np.testing.assert_allclose(signs.T * projected(X, ours).numpy(), theirs.transform(X.numpy()), atol=1e-8)


def test_components_of_points_that_are_not_centred_are_noticed():
    X = normal(30, 5, seed=0).double() + 3
    _, _, directions = torch.linalg.svd(X, full_matrices=False)
    theirs = PCA(1, svd_solver="full").fit(X.numpy())
    assert abs(float(directions[0].numpy() @ theirs.components_[0])) < 0.9


@sizes
@given(st.integers(6, 30), st.integers(2, 9), st.integers(0, 99))
def test_cosines_distances_and_neighbours_are_scikit_learns(M, D, seed):
    X = normal(M, D, seed=seed).double()
    np.testing.assert_allclose(cosines(X).numpy(), cosine_similarity(X.numpy()), atol=1e-12)
    np.testing.assert_allclose(nearness(X).numpy(), -euclidean_distances(X.numpy()), atol=1e-6)
    theirs = NearestNeighbors(n_neighbors=3, metric="cosine").fit(X.numpy()).kneighbors(return_distance=False)
    assert np.array_equal(nearest(cosines(X), 3).numpy(), theirs)


@sizes
@given(st.integers(1, 9), st.integers(1, 5), st.integers(2, 7), st.integers(0, 99))
def test_negative_sampling_is_binary_cross_entropy_on_true_and_random_pairs(N, K, D, seed):
    model, draws = started(13, D, generator(seed)), generator(seed + 1)
    with torch.no_grad():
        model.contexts.copy_(normal(13, D, seed=seed + 2))
    centre, context = (torch.randint(13, (N,), generator=draws) for _ in range(2))
    noise = torch.randint(13, (N, K), generator=draws)
    ours = model(centre, context, noise)[0]
    vectors, contexts = (nn.Embedding.from_pretrained(one.detach()) for one in (model.vectors, model.contexts))
    both = torch.einsum("nd,nkd->nk", vectors(centre), contexts(torch.cat([context[:, None], noise], dim=1)))
    right = torch.zeros_like(both)
    right[:, 0] = 1
    theirs = functional.binary_cross_entropy_with_logits(both, right, reduction="none").sum(dim=1)
    torch.testing.assert_close(ours.detach(), theirs)
    wrong = functional.binary_cross_entropy_with_logits(both, 1 - right, reduction="none").sum(dim=1)
    assert not torch.allclose(ours.detach(), wrong)


@pytest.mark.parametrize("tied", [False, True])
def test_a_table_learns_as_torchs_own_layers(tied):
    model = built(19, 6, tied, 3)
    theirs = nn.Sequential(nn.Embedding(19, 6), nn.Linear(6, 19, bias=False))
    with torch.no_grad():
        theirs[0].weight.copy_(model.table)
        theirs[1].weight.copy_(model.table if model.output is None else model.output)
    if tied:
        theirs[1].weight = theirs[0].weight
    run, optimizer = TableTraining(model, "Adam"), torch.optim.Adam(theirs.parameters(), lr=0.01)
    for step in range(4):
        ids, following = torch.arange(step, step + 5), torch.arange(step + 3, step + 8)
        run.step(ids, following)
        optimizer.zero_grad()
        functional.cross_entropy(theirs(ids), following).backward()
        optimizer.step()
    torch.testing.assert_close(model.table, theirs[0].weight)
