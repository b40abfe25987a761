"""Swin and DeiT of transformers, losses of torch, ridge of scikit-learn: the same weights, the same numbers.

Each has a mutation beside it that must be caught.
"""

from functools import partial

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from models.interpretability.probe import ridge_weights
from models.seeding import generator, normal, seeded
from models.transformer import swin
from models.transformer.distilled_vision_transformer import DistilledVisionTransformer, hard_distillation
from models.transformer.image_text_pairs import pair_scores, sigmoid_losses, softmax_losses
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=5e-6, rtol=1e-5)  # their softmax is in float32
B, G, M, D, H, F = 2, 9, 3, 12, 3, 24


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


@pytest.mark.parametrize("shift", [0, 1])
def test_a_swin_block(shift):
    from transformers.models.swin import modeling_swin

    config = modeling_swin.SwinConfig(window_size=M, mlp_ratio=F / D, drop_path_rate=0.0)
    config._attn_implementation = "eager"
    theirs = modeling_swin.SwinLayer(config, D, (G, G), H, shift_size=shift).double().eval()
    redraw(theirs, 0)
    names = {
        "attention.relative_position_bias.relative_position_bias_table": "attention.bias",
        "attention.q_proj": "attention.to_q", "attention.k_proj": "attention.to_k",
        "attention.v_proj": "attention.to_v", "attention.o_proj": "attention.to_out",
        "layernorm_before": "attention_norm", "layernorm_after": "feed_forward_norm",
        "mlp.fc1": "feed_forward.to_hidden", "mlp.fc2": "feed_forward.to_out",
    }  # fmt: skip
    state = {}
    for key, value in theirs.state_dict().items():
        for their, our in names.items():
            key = key.replace(their, our)
        state[key] = value
    ours = seeded(lambda: swin.SwinBlock(D, H, F, M, shift), 0).double()
    ours.load_state_dict(state)
    x = doubles(B, G, G, D, seed=1)
    expected = theirs(x.flatten(1, 2), (G, G))[0].view(B, G, G, D)
    close(ours(x)[0], expected)
    wrong = seeded(lambda: swin.SwinBlock(D, H, F, M, shift + 1), 0).double()
    wrong.load_state_dict(state)
    assert not torch.allclose(wrong(x)[0], expected, atol=1e-3)  # another shift
    ours.attention.bias.data = ours.attention.bias.flip(0)  # offsets of the key from the query
    assert not torch.allclose(ours(x)[0], expected, atol=1e-3)


def test_the_mask_is_missed(monkeypatch):
    block = seeded(lambda: swin.SwinBlock(D, H, F, M, 1), 0).double()
    redraw(block, 0)
    x = doubles(B, G, G, D, seed=1)
    masked, _ = block(x)
    monkeypatch.setattr(
        swin, "shift_mask", lambda grid, side, shift: torch.ones(grid**2 // side**2, side**2, side**2) > 0
    )
    unmasked, _ = block(x)
    inside = slice(1, G - 2)  # windows that the shift did not carry over the edge
    close(masked[:, inside, inside], unmasked[:, inside, inside])
    assert not torch.allclose(masked, unmasked, atol=1e-3)


def test_deit():
    import transformers

    config = transformers.DeiTConfig(
        hidden_size=D, num_hidden_layers=2, num_attention_heads=H, intermediate_size=F, image_size=6, patch_size=2,
        num_channels=1, num_labels=7, layer_norm_eps=1e-5, attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.DeiTForImageClassificationWithTeacher(config).double().eval()
    redraw(theirs, 0)
    ours = seeded(lambda: DistilledVisionTransformer(2, 6, D, 7, layers=2, heads=H, hidden=F), 0).double()
    names = {
        "deit.embeddings.cls_token": "class_token", "deit.embeddings.distillation_token": "distillation_token",
        "deit.embeddings.position_embeddings": "position", "deit.embeddings.patch_embeddings.projection":
        "patch_embedding", "deit.encoder.layer": "blocks", "deit.layers": "blocks",
        "attention.attention.query": "attention.to_q", "attention.attention.key": "attention.to_k",
        "attention.attention.value": "attention.to_v", "attention.output.dense": "attention.to_out",
        "attention.q_proj": "attention.to_q", "attention.k_proj": "attention.to_k",
        "attention.v_proj": "attention.to_v", "attention.o_proj": "attention.to_out",
        "mlp.fc1": "feed_forward.to_hidden", "mlp.fc2": "feed_forward.to_out",
        "intermediate.dense": "feed_forward.to_hidden", "output.dense": "feed_forward.to_out",
        "layernorm_before": "attention_norm", "layernorm_after": "feed_forward_norm", "deit.layernorm": "norm",
        "distillation_classifier": "to_teacher_logits", "cls_classifier": "to_logits",
    }  # fmt: skip
    state, mine = theirs.state_dict(), dict(ours.named_parameters())
    for key, value in state.items():
        for their, our in names.items():
            key = key.replace(their, our)
        mine[key].data = value.view(mine[key].shape)
    x = doubles(B, 1, 6, 6, seed=1)
    expected = theirs(x)
    logits, trace = ours(x)
    close(logits, expected.logits)
    close(trace.by_class_token, expected.cls_logits)
    close(trace.by_distillation_token, expected.distillation_logits)
    ours.position.data = ours.position.roll(1, 0)  # the two tokens' positions exchanged
    assert not torch.allclose(ours(x)[0], expected.logits, atol=1e-3)


def test_losses_of_pairs():
    u, v = (torch.nn.functional.normalize(normal(7, 5, seed=s), dim=-1) for s in (0, 1))
    z, matches = pair_scores(u, v, torch.tensor(10.0), torch.tensor(-3.0)), torch.eye(7, dtype=torch.bool)
    expected = binary_cross_entropy_with_logits(z, matches.float(), reduction="none")
    torch.testing.assert_close(sigmoid_losses(z, matches), expected, atol=1e-6, rtol=1e-5)
    assert not torch.allclose(sigmoid_losses(-z, matches), expected)
    at = torch.arange(7)
    both = (cross_entropy(z, at, reduction="none") + cross_entropy(z.mT, at, reduction="none")) / 2
    torch.testing.assert_close(softmax_losses(z), both)
    assert not torch.allclose(softmax_losses(z.square()), both)
    y = torch.randint(5, (7,), generator=generator(2))
    torch.testing.assert_close(hard_distillation(u, v, y, y), (cross_entropy(u, y) + cross_entropy(v, y)) / 2)


def test_ridge():
    from sklearn.linear_model import Ridge

    f, y = doubles(23, 7, seed=0), torch.randint(4, (23,), generator=generator(1))
    wanted = torch.nn.functional.one_hot(y, 4).double() - 1 / 4
    expected = torch.from_numpy(Ridge(alpha=1.7, fit_intercept=False).fit(f.numpy(), wanted.numpy()).coef_.T)
    torch.testing.assert_close(ridge_weights(f, y, 4, 1.7), expected)
    assert not torch.allclose(ridge_weights(f, y, 4, 17.0), expected)
