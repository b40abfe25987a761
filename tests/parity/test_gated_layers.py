"""Gated layers against transformers' Llama and Gemma MLPs, plain ones against its T5; tied tables against
torch's own shared weight.
"""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import GemmaConfig, LlamaConfig, T5Config
from transformers.models.gemma.modeling_gemma import GemmaMLP
from transformers.models.llama.modeling_llama import LlamaMLP
from transformers.models.t5.modeling_t5 import T5DenseActDense

from models.layers.geglu import GEGLU
from models.layers.swiglu import SwiGLU
from models.layers.ungated import GELULayer, ReLULayer
from models.seeding import normal, seeded
from models.transformer.tied_tables import Straight, Tied, table_gradients
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
WIDTH, HIDDEN = 11, 29


def theirs(layer: nn.Module, gemma: bool = False) -> nn.Module:
    sizes = {"hidden_size": WIDTH, "intermediate_size": HIDDEN, "head_dim": 4, "num_attention_heads": 1}
    act = "silu" if isinstance(layer, SwiGLU) else "gelu"
    mlp = GemmaMLP(GemmaConfig(**sizes)) if gemma else LlamaMLP(LlamaConfig(**sizes, hidden_act=act))
    mlp.gate_proj.weight.data = layer.to_gate.weight.data
    mlp.up_proj.weight.data = layer.to_value.weight.data
    mlp.down_proj.weight.data = layer.to_out.weight.data
    return mlp


@pytest.mark.parametrize("kind", [SwiGLU, GEGLU])
def test_layers_are_those_of_a_library(kind) -> None:
    ours, x = kind(WIDTH, HIDDEN), normal(3, 5, WIDTH, seed=0)
    redraw(ours, 1)
    other = theirs(ours)
    torch.testing.assert_close(ours(x)[0], other(x))
    ours.to_gate, ours.to_value = ours.to_value, ours.to_gate  # halves of a fused matrix in the wrong order
    assert (ours(x)[0] - other(x)).abs().max() > 0.1


@pytest.mark.parametrize(("kind", "act", "another"), [(ReLULayer, "relu", "gelu"), (GELULayer, "gelu", "relu")])
def test_plain_layers_are_those_of_t5(kind, act, another) -> None:
    ours, x = kind(WIDTH, HIDDEN), normal(3, 5, WIDTH, seed=0)
    redraw(ours, 1)
    for name, same in ((act, True), (another, False)):
        other = T5DenseActDense(T5Config(d_model=WIDTH, d_ff=HIDDEN, dropout_rate=0.0, feed_forward_proj=name))
        other.wi.weight.data, other.wo.weight.data = ours.to_hidden.weight.data, ours.to_out.weight.data
        assert torch.allclose(ours(x)[0], other(x), atol=1e-5) is same


def test_gemma_takes_the_tanh_form() -> None:
    ours, x = GEGLU(WIDTH, HIDDEN), normal(3, 5, WIDTH, seed=0)
    redraw(ours, 1)
    off = (ours(x)[0] - theirs(ours, gemma=True)(x)).abs().max()
    assert 1e-4 < off < 1e-2


def test_the_tied_gradient_is_that_of_a_shared_weight() -> None:
    ids, targets = torch.arange(13), torch.arange(13).roll(-1)
    ours = seeded(lambda: Tied(13, 7, Straight()), 0)
    redraw(ours, 2)
    table, head = nn.Embedding(13, 7), nn.Linear(7, 13, bias=False)
    table.weight = head.weight = nn.Parameter(ours.input.weight.detach().clone())
    loss = cross_entropy(head(table(ids)), targets)
    loss.backward()
    torch.testing.assert_close(table_gradients(ours, ids, targets).whole, head.weight.grad)
    head.weight = nn.Parameter(table.weight.detach().clone())  # a copy: no longer tied
    table.weight.grad = None
    cross_entropy(head(table(ids)), targets).backward()
    assert (table_gradients(ours, ids, targets).whole - table.weight.grad).abs().max() > 1e-3
