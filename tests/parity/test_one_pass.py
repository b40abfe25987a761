"""Our pass, whole and with parts left out, against transformers' Llama and GPT-2 with the same weights."""

from functools import partial

import pytest
import torch
import transformers

from models.attention.masks import causal_mask
from models.interpretability.left_out import hidden_from_the_end, without
from models.position.rope import RoPE
from models.real import gpt2_files
from models.seeding import generator, unfilled
from models.transformer.one_pass import embed, logits, on_from
from tests.parity.llama import BASE, CONFIG, copied, decoder, llama
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=5e-5, rtol=0.0)
IDS = torch.randint(CONFIG.vocabulary, (2, 17), generator=generator(1))


@torch.inference_mode()
def test_the_equations_give_the_logits_of_llama():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    x = on_from(ours, embed(IDS, ours.embedding.weight), 0, causal_mask(17))
    z = logits(x, ours.norm.weight, ours.embedding.weight)
    expected = theirs(IDS).logits
    close(z, expected)
    skipped = on_from(ours, embed(IDS, ours.embedding.weight), 1, causal_mask(17))  # the mutation: no first attention
    assert (logits(skipped, ours.norm.weight, ours.embedding.weight) - expected).abs().max() > 0.1


@torch.inference_mode()
def test_a_sublayer_left_out_is_a_projection_of_zeros():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    whole = ours(IDS)[0]
    cut = without(ours, [(1, "attention"), (2, "MLP")])(IDS)[0]
    theirs.model.layers[1].self_attn.o_proj.weight.data.zero_()
    theirs.model.layers[2].mlp.down_proj.weight.data.zero_()
    expected = theirs(IDS).logits
    close(cut, expected)
    assert (whole - expected).abs().max() > 0.1


@torch.inference_mode()
def test_a_hidden_token_is_hidden_as_in_llama():
    theirs = llama()
    ours = copied(theirs, decoder(RoPE(BASE)))
    mask = hidden_from_the_end(17, torch.tensor([16, 16]), torch.tensor([4, 9]))
    bias = torch.zeros(2, 1, 17, 17, dtype=torch.double).masked_fill(~mask, torch.finfo(torch.double).min)
    close(ours(IDS, mask=mask)[0], theirs(IDS, attention_mask=bias).logits)
    assert (ours(IDS)[0] - theirs(IDS, attention_mask=bias).logits).abs().max() > 1e-3


@torch.inference_mode()
def test_gpt_2_runs_on_from_any_of_its_states():
    sizes = {"vocab_size": 53, "n_positions": 40, "n_embd": 30, "n_layer": 3, "n_head": 5, "n_inner": 37}
    config = transformers.GPT2Config(**sizes, attn_implementation="eager", bos_token_id=0, eos_token_id=0)
    theirs = transformers.GPT2LMHeadModel(config).eval()
    redraw(theirs, 3)
    theirs.tie_weights()
    settings = config.to_dict()
    with unfilled():
        ours = gpt2_files.decoder(settings)
    parts = (gpt2_files.renamed(name, tensor, settings) for name, tensor in theirs.state_dict().items())
    ours.load_state_dict({name: tensor for part in parts for name, tensor in part.items()}, strict=False, assign=True)
    states = theirs(IDS, output_hidden_states=True)
    close(ours.unembed(on_from(ours, states.hidden_states[1], 2, causal_mask(17))), states.logits)
    assert (ours.unembed(on_from(ours, states.hidden_states[1], 3, causal_mask(17))) - states.logits).abs().max() > 0.1
