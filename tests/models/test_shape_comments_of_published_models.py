import torch

from models.seeding import normal, seeded
from models.transformer import qwen, sentence_encoder
from models.transformer.encoder import EncoderConfig
from tests.shape_comments import check_fields, shapes_checked

B, T, D, H, K, V = 2, 5, 18, 3, 4, 11


def test_the_comments_of_the_sentence_encoder_are_true():
    model = seeded(lambda: sentence_encoder.SentenceEncoder(EncoderConfig(V, D, 1, H, 7, T)), 0)
    with shapes_checked(sentence_encoder, B=B, T=T, D=D) as watch:
        vectors, trace = model(torch.zeros(B, T, dtype=torch.long))
    assert not watch.unreached()
    assert check_fields(trace, B=B, T=T, D=D) == 1
    assert sentence_encoder.cosine_similarity(vectors, normal(4, D, seed=0)).shape == (B, 4)


def test_the_comments_of_qwens_projection_are_true():
    layer = seeded(lambda: qwen.NormedProjection(D, H, K, 1e-6), 0)
    with shapes_checked(qwen, H=H, K=K) as watch:
        assert layer(normal(B, T, D, seed=0)).shape == (B, T, H * K)
    assert not watch.unreached()
    size = layer(normal(B, T, D, seed=0)).unflatten(-1, (H, K)).square().mean(dim=-1)
    torch.testing.assert_close(size, torch.ones(B, T, H), atol=1e-4, rtol=0.0)  # no head can grow
