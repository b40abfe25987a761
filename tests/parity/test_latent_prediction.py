"""Encoder and predictor on patches against torch's own transformer layers, at odd sizes and re-drawn weights."""

import pytest
import torch
from torch import nn

from models.contrastive.latent_prediction import LatentPrediction, PatchEncoder
from models.data.patch_masks import hidden_patches, others
from models.seeding import generator, normal, seeded
from models.transformer.vision_transformer import VisionBlock

pytestmark = pytest.mark.parity

B, T, P, D, HEADS = 5, 16, 3, 12, 3


def layer_of(block: VisionBlock) -> nn.TransformerEncoderLayer:
    theirs = nn.TransformerEncoderLayer(D, HEADS, 2 * D, 0.0, "gelu", batch_first=True, norm_first=True)
    own = block.attention
    theirs.self_attn.in_proj_weight.data = torch.cat([own.to_q.weight, own.to_k.weight, own.to_v.weight])
    theirs.self_attn.in_proj_bias.data = torch.cat([own.to_q.bias, own.to_k.bias, own.to_v.bias])
    pairs = (
        (theirs.self_attn.out_proj, own.to_out), (theirs.linear1, block.feed_forward.to_hidden),
        (theirs.linear2, block.feed_forward.to_out), (theirs.norm1, block.attention_norm),
        (theirs.norm2, block.feed_forward_norm),
    )  # fmt: skip
    for layer, ours in pairs:
        layer.load_state_dict(ours.state_dict())
    return theirs.train()


def redrawn() -> LatentPrediction:
    model = seeded(lambda: LatentPrediction(T, P, D, 2, HEADS), 0)
    for seed, weight in enumerate(model.parameters()):
        weight.data = 1.5 * normal(*weight.shape, seed=seed) / weight.shape[-1] ** 0.5
    return model.requires_grad_(False)


def encoded(encoder: PatchEncoder, x: torch.Tensor) -> torch.Tensor:
    state = encoder.embedding(x) + encoder.position
    for block in encoder.blocks:
        state = layer_of(block)(state)
    return nn.LayerNorm(D, elementwise_affine=False)(state)


def test_targets_and_predictions() -> None:
    model, x = redrawn(), normal(B, T, P, seed=60)
    hidden = hidden_patches(1, "block", generator(1))
    visible = others(hidden)
    error, trace = model(x, visible.expand(B, -1), hidden.expand(B, -1))
    with torch.no_grad():
        wanted = encoded(model.target, x)[:, hidden[0]]
        torch.testing.assert_close(trace.targets, wanted, atol=2e-4, rtol=2e-4)
        state = model.context.embedding(x[:, visible[0]]) + model.context.position[visible[0]]
        for block in model.context.blocks:
            state = layer_of(block)(state)
        s_x = nn.LayerNorm(D, elementwise_affine=False)(state)
        asked = (model.mask_token + model.place[hidden[0]]).expand(B, -1, -1)
        together = torch.cat([s_x + model.place[visible[0]], asked], 1)
        predicted = model.to_output(layer_of(model.predictor)(together)[:, len(visible[0]) :])
        torch.testing.assert_close(trace.predicted, predicted, atol=2e-4, rtol=2e-4)
        torch.testing.assert_close(error, (predicted - wanted).square().mean(-1), atol=1e-3, rtol=1e-3)
        whole = encoded(model.context, x)[:, visible[0]]
    assert not torch.allclose(trace.context, whole, atol=1e-2), "the context encoder sees no hidden patch"
