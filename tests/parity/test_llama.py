"""The decoder with the weights of transformers' Llama gives its logits; a changed one does not."""

from collections.abc import Callable
from functools import partial

import pytest
import torch

from models.attention.masks import sliding_window_mask
from models.layers.rmsnorm import RMSNorm
from models.position.rope import RoPE
from models.position.scheme import NoPosition, PositionScheme
from models.seeding import generator
from models.transformer.decoder import Decoder
from tests.parity.llama import BASE, CONFIG, copied, decoder, llama

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=5e-5, rtol=0.0)  # Llama norms and turns in float32


class HalvesRoPE(RoPE):
    """The mutation: feature i paired with i + K/2, as in Llama's code, but weights left in the paper's order."""

    def turn(self, x, positions):
        K = x.shape[-1]
        pairs_of_halves = torch.arange(K).view(2, -1).T.flatten()
        turned = super().turn(x[..., pairs_of_halves], positions)
        return turned[..., pairs_of_halves.argsort()]


@pytest.fixture(scope="module")
def theirs() -> torch.nn.Module:
    return llama()


@pytest.fixture(scope="module")
def ids() -> torch.Tensor:
    return torch.randint(CONFIG.vocabulary, (2, 17), generator=generator(1))


@torch.inference_mode()
def test_logits_equal_llama(theirs, ids):
    expected = theirs(ids, output_attentions=True, output_hidden_states=True)
    logits, trace = copied(theirs, decoder(RoPE(BASE)))(ids)
    close(logits, expected.logits)
    for weights, attention in zip(trace.weights, expected.attentions, strict=True):
        close(weights, attention)
    for residual, hidden in zip(trace.residual[:-1], expected.hidden_states[:-1], strict=True):  # theirs ends normed
        close(residual, hidden)


def test_gradients_equal_llama(theirs, ids):
    ours = copied(theirs, decoder(RoPE(BASE)))
    theirs.zero_grad()
    for logits in (ours(ids)[0], theirs(ids).logits):
        logits.square().mean().backward()
    close(ours.embedding.weight.grad, theirs.model.embed_tokens.weight.grad)
    close(ours.blocks[0].feed_forward.to_value.weight.grad, theirs.model.layers[0].mlp.up_proj.weight.grad)


@torch.inference_mode()
def test_a_sliding_window_equals_mistral(ids):
    mistral = llama("Mistral", seed=2, sliding_window=4)
    logits, _ = copied(mistral, decoder(RoPE(BASE)))(ids, mask=sliding_window_mask(ids.shape[1], window=4))
    close(logits, mistral(ids).logits)


def no_gain(model: Decoder) -> None:
    model.blocks[1].attention_norm.weight.fill_(1.0)


def large_epsilon(model: Decoder) -> None:
    for norm in (module for module in model.modules() if isinstance(module, RMSNorm)):
        norm.epsilon = 1e-3


def swapped_halves(model: Decoder) -> None:
    ffn = model.blocks[0].feed_forward
    ffn.to_gate, ffn.to_value = ffn.to_value, ffn.to_gate


MUTATIONS: list[tuple[PositionScheme, Callable[[Decoder], object]]] = [
    (RoPE(10_000.0), lambda model: None),
    (HalvesRoPE(BASE), lambda model: None),
    (NoPosition(), lambda model: None),
    (RoPE(BASE), no_gain),
    (RoPE(BASE), large_epsilon),
    (RoPE(BASE), swapped_halves),
]


@torch.inference_mode()
@pytest.mark.parametrize(("position", "mutate"), MUTATIONS, ids=["base", "pairs", "none", "gain", "epsilon", "gate"])
def test_a_mutation_is_caught(theirs, ids, position, mutate):
    mutant = copied(theirs, decoder(position))
    mutate(mutant)
    assert (mutant(ids)[0] - theirs(ids).logits).abs().max() > 1e-3
