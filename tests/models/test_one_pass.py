"""A pass in equations, its states one by one, and a decoder without its parts, against what must be true of them."""

import torch

from models.attention.masks import causal_mask
from models.data import fact_prompts
from models.data.tiny_world import world
from models.interpretability import left_out, state_replaced
from models.interpretability.ablation import leaving_out
from models.layers.rmsnorm import RMSNorm
from models.position.rope import RoPE
from models.seeding import generator, normal, seeded
from models.tokenization.tokenizer import decode
from models.transformer import block_wiring, one_pass
from models.transformer.decoder import Decoder, DecoderConfig
from tests.shape_comments import shapes_checked

CONFIG = DecoderConfig(vocabulary=31, width=12, layers=2, heads=4, kv_heads=2, head_width=4, hidden=16, context=8)
IDS = torch.randint(31, (3, 7), generator=generator(0))
MASK = causal_mask(7)


def model() -> Decoder:
    return seeded(lambda: Decoder(CONFIG), 1).requires_grad_(False)


def test_the_equations_are_the_decoder():
    made = model()
    z, trace = made(IDS)
    x = one_pass.embed(IDS, made.embedding.weight)
    torch.testing.assert_close(x, trace.embedded)
    for layer in range(2):
        x = one_pass.half_step(made.blocks[layer], x, 0, MASK)
        torch.testing.assert_close(one_pass.between(made, trace, layer), x)
        x = one_pass.half_step(made.blocks[layer], x, 1, MASK)
        torch.testing.assert_close(trace.blocks[layer].residual, x)
    torch.testing.assert_close(one_pass.on_from(made, trace.embedded, 0, MASK), x)
    torch.testing.assert_close(one_pass.logits(x, made.norm.weight, made.embedding.weight), z)


def test_the_next_token_by_hand():
    z = torch.tensor([2.0, 1.0, 0.0])
    p = one_pass.next_token(z, 1.0, 2)
    torch.testing.assert_close(p, torch.tensor([1 / (1 + 2.718281828**-1), 1 / (1 + 2.718281828), 0.0]))
    torch.testing.assert_close(one_pass.next_token(z, 2.0, 0), (z / 2).softmax(dim=-1))


def test_the_last_state_carries_everything_behind_the_last_block():
    made = model()
    found = state_replaced.needed(made, IDS[:1], [0, 2, 4], token=5).lost
    assert found.shape == (3, 7)
    assert (found[-1, :-1] == 0).all(), "behind the last block, no earlier state is read again"


def test_a_replaced_state_is_the_mean_of_the_others_but_the_first():
    x = normal(1, 4, 3, seed=0)
    copies = state_replaced.each_replaced(x, state_replaced.mean_state(x))
    for token in range(4):
        torch.testing.assert_close(copies[token, token], x[0, 1:].mean(dim=0))
        others = [other for other in range(4) if other != token]
        torch.testing.assert_close(copies[token, others], x[0, others])


def test_no_state_is_needed_where_replacing_it_changes_nothing():
    made = model()
    same = IDS[:1, :1].expand(1, 7)  # equal embeddings: each is their mean
    assert state_replaced.needed(made, same, [0], token=3).lost.max() < 1e-5


def test_a_lost_share_is_never_negative():
    assert state_replaced.lost_share(0.5, torch.tensor([0.25, 0.5, 0.9])).tolist() == [0.5, 0.0, 0.0]


def test_without_both_sublayers_a_block_passes_its_stream_on():
    made = model()
    cut = left_out.without(made, [(1, "attention"), (1, "MLP")])
    _, trace = cut(IDS)
    torch.testing.assert_close(trace.residual[2], trace.residual[1])
    torch.testing.assert_close(trace.residual[1], made(IDS)[1].residual[1])
    assert cut.embedding.weight is made.embedding.weight


def test_without_attention_a_token_depends_on_itself_alone():
    made = left_out.without(model(), [(0, "attention"), (1, "attention")])
    other = IDS.clone()
    other[:, 0] = (other[:, 0] + 1) % 31
    torch.testing.assert_close(made(IDS)[0][:, 1:], made(other)[0][:, 1:])


def test_without_positions_the_order_of_earlier_tokens_is_lost_to_the_last():
    one_block = seeded(lambda: Decoder(CONFIG.__class__(**{**CONFIG.__dict__, "layers": 1}), RoPE()), 2)
    order = torch.tensor([3, 1, 2, 0, 5, 4, 6])
    told, not_told = one_block(IDS)[0], left_out.without_positions(one_block)(IDS)[0]
    assert (told[:, -1] - one_block(IDS[:, order])[0][:, -1]).abs().max() > 1e-3
    torch.testing.assert_close(not_told[:, -1], left_out.without_positions(one_block)(IDS[:, order])[0][:, -1])


def test_without_a_head_it_is_as_if_its_output_were_zero():
    made = model()
    cut = left_out.without_head(made, 1, 2)
    torch.testing.assert_close(cut(IDS)[0], made(IDS, edit=leaving_out(1, 2, "zero"))[0])
    assert (cut(IDS)[0] - left_out.without_head(made, 1, 3)(IDS)[0]).abs().max() > 1e-2


def test_without_residual_connections_a_block_hands_on_its_mlp_alone():
    made = model()
    cut = left_out.without_residual(made, 0)
    _, trace = cut(IDS)
    block = made.blocks[0]
    attended = block.attention(block.attention_norm(trace.embedded), MASK)[0]
    torch.testing.assert_close(trace.residual[1], block.feed_forward(block.feed_forward_norm(attended))[0])
    torch.testing.assert_close(one_pass.between(cut, trace, 0), attended)
    torch.testing.assert_close(one_pass.on_from(cut, trace.embedded, 0, MASK), trace.residual[2])
    assert (trace.residual[1] - made(IDS)[1].residual[1]).abs().max() > 0.1


def test_without_the_last_norm_states_are_compared_as_they_are():
    made = model()
    z, trace = left_out.without_last_norm(made)(IDS)
    torch.testing.assert_close(z, trace.residual[-1] @ made.embedding.weight.T)


def test_a_hidden_key_gets_no_weight_from_the_last_query_alone():
    mask = left_out.hidden_from_the_end(5, torch.tensor([4, 3]), torch.tensor([2, 0]))
    plain = causal_mask(5)
    assert (mask[0, 0] != plain).nonzero().tolist() == [[4, 2]]
    assert (mask[1, 0] != plain).nonzero().tolist() == [[3, 0]]


def test_prompts_end_where_the_fact_is_due():
    stated, stored = fact_prompts.stated(8, 3), fact_prompts.stored(8, 3)
    for row in range(8):
        ids, end = stated.ids[row], int(stated.end[row])
        assert ids[stated.fact[row]] == stated.answer[row]
        assert ids[stated.other[row]] != stated.answer[row]
        assert decode([int(ids[end])]) == "in"
    homes = {(fact.subject, fact.value) for fact in world().by_tier["often"]}
    for ids, end, answer in zip(stored.ids, stored.end, stored.answer, strict=True):
        assert (decode([int(ids[1])]), decode([int(answer)])) in homes
        assert end >= 3


def test_shape_comments():
    made = model()
    assert isinstance(made.norm, RMSNorm)
    with shapes_checked(one_pass, B=3, T=7, D=12, V=31, H=4, K=4) as watch:
        _, trace = made(IDS)
        one_pass.on_from(made, trace.embedded, 0, MASK)
        one_pass.between(made, trace, 1)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(block_wiring, B=3, T=7, D=12) as watch:
        left_out.without_residual(made, 0)(IDS)
    assert watch.reached
    with shapes_checked(left_out, F=16) as watch:
        left_out.without_head(made, 0, 1)(IDS)
    assert watch.reached
    with shapes_checked(state_replaced, T=7, D=12, S=2) as watch:
        state_replaced.needed(made, IDS[:1], [0, 3], token=2)
    assert watch.reached
    assert not watch.unreached()
