"""Every shape comment of skip-gram, word vectors, principal components and the embedding layer, executed."""

import torch

from models.data import word_vector_text
from models.language import skip_gram, skip_gram_training, word_vectors
from models.layers import embedding, embedding_training
from models.linear import principal_components
from models.seeding import generator, normal
from models.tokenization.tokenizer import VOCABULARY
from tests.shape_comments import shapes_checked

N, K, V, D = 6, 4, 17, 5


def test_shape_comments_of_skip_gram_are_true() -> None:
    with shapes_checked(skip_gram, N=N, K=K, D=D) as watch:
        model = skip_gram.started(V, D, generator(0))
        model(torch.arange(N), torch.arange(N), torch.arange(N * K).view(N, K) % V)
        skip_gram.noise_distribution(torch.arange(V), 0.75)
        skip_gram.kept_probability(torch.arange(V), 0.1)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(skip_gram_training, V=V) as watch:
        skip_gram_training.SkipGramTraining(torch.arange(200) % V, V, seed=0).step()
    assert watch.reached
    assert not watch.unreached()


def test_shape_comments_of_word_vectors_are_true() -> None:
    X = normal(V, D, seed=0)
    with shapes_checked(word_vectors, D=D) as watch:
        word_vectors.cosines(X)
        word_vectors.nearest(word_vectors.dots(X), K)
        asked = word_vectors.analogies(torch.arange(6).view(3, 2))
        word_vectors.analogy_accuracy(X, asked, asked[:, :3])
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(principal_components, P=V, D=D) as watch:
        found = principal_components.principal_components(X, 3)
        principal_components.turned(principal_components.projected(X, found), 0.3)
    assert watch.reached
    assert not watch.unreached()


def test_shape_comments_of_the_embedding_layer_are_true() -> None:
    ids = torch.arange(N)
    with shapes_checked(embedding, N=N, D=D) as watch:
        embedding_training.built(V, D, True, 0)(ids)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(embedding_training, V=V, D=D) as watch:
        embedding_training.TableTraining(embedding_training.built(V, D, False, 0), "Adam").step(ids, ids)
    assert watch.reached
    assert not watch.unreached()


def test_shape_comments_of_the_text_are_true() -> None:
    with shapes_checked(word_vector_text, V=VOCABULARY) as watch:
        word_vector_text.replaced_tokens(torch.arange(N), {1: 2})
    assert watch.reached
    assert not watch.unreached()
