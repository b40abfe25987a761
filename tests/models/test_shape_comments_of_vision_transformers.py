"""The shape comments of patches, rollout, probes and shifted digits, executed."""

import torch

from models.data import marked_pairs, patch_orders, shifted_digits
from models.interpretability import patch_evidence, probe
from models.seeding import generator, normal, seeded
from models.transformer import (
    distilled_vision_transformer,
    image_text_pairs,
    masked_autoencoder,
    patch_embedding,
    self_distillation,
    swin,
    vision_transformer,
)
from tests.shape_comments import check_fields, shapes_checked

B, D, H, F, T, Y = 3, 12, 2, 17, 16, 10
SIZES = {"width": D, "layers": 2, "heads": H, "hidden": F}


def test_patches_and_their_order():
    with shapes_checked(patch_orders, B=B, T=T) as watch:
        patch_orders.in_order(normal(B, 1, 8, 8, seed=0), "new for each picture", 2, generator(0))
        patch_orders.in_order(normal(B, 1, 8, 8, seed=0), "one other order", 2, generator(0))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(patch_embedding, T=T, D=D, C=1, P=2, B=B, N=8) as watch:
        patch_embedding.embedded_by_convolution(normal(B, 1, 8, 8, seed=0), normal(D, 4, seed=1), normal(D, seed=2), 2)
        patch_embedding.correlation_with_distance(patch_embedding.position_similarity(normal(T, D, seed=0)))
    assert not watch.unreached()


def test_evidence_and_probes():
    model = seeded(lambda: vision_transformer.VisionTransformer(**SIZES), 0)
    x = normal(B, 1, 8, 8, seed=0)
    layers = [layer.weights for layer in model(x)[1].attention]
    with shapes_checked(patch_evidence, B=B, D=D, H=H, S=13) as watch:
        score = patch_evidence.of_class_token(patch_evidence.rollouts(layers)[-1])
        patch_evidence.logits_of(model, x, patch_evidence.least(score, 13))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(probe, B=B, D=D, Y=4) as watch:
        probe.ridge_weights(normal(B, D, seed=0), torch.arange(B), 4, 1.0)
    assert not watch.unreached()


def test_moved_and_marked_digits():
    with shapes_checked(shifted_digits, B=B, N=8, C=1, R=1) as watch:
        shifted_digits.moved(normal(B, 1, 8, 8, seed=0), torch.tensor([[1, 0], [0, 1], [-1, 1]]))
    assert not watch.unreached()
    with shapes_checked(marked_pairs, B=B, P=2) as watch:
        marked_pairs.marked_pairs(normal(B, 1, 8, 8, seed=0), generator(0))
    assert not watch.unreached()


def test_variants():
    x = normal(B, 1, 8, 8, seed=0)
    with shapes_checked(distilled_vision_transformer, B=B, T=T, D=D) as watch:
        _, trace = seeded(lambda: distilled_vision_transformer.DistilledVisionTransformer(**SIZES), 0)(x)
    assert check_fields(trace, B=B, Y=Y) == 2
    assert not watch.unreached()
    with shapes_checked(swin, B=B, G=4, D=D, M=2, W=4, H=H) as watch:
        seeded(lambda: swin.Swin(width=D, heads=H, hidden=F), 0)(x)
        swin.reach(4, 2, (0, 1))
    assert not watch.unreached()
    with shapes_checked(masked_autoencoder, B=B, T=T, D=D, V=4, P=2) as watch:
        model = seeded(lambda: masked_autoencoder.MaskedAutoencoder(**SIZES), 0)
        _, trace = model(x, masked_autoencoder.visible_patches(B, T, 4, generator(0)))
    assert check_fields(trace, B=B, T=T, P=2) == 2
    assert not watch.unreached()
    with shapes_checked(image_text_pairs), shapes_checked(self_distillation):
        seeded(lambda: image_text_pairs.ImageTextModel(**SIZES), 0)(x, torch.arange(10))
        seeded(lambda: self_distillation.DinoNetwork(**SIZES), 0)(x)
