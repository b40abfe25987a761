"""Parts of encoder-decoders: one vector for a source, states in another order, prefixes, norms, T5, cached segments."""

import math

import pytest
import torch
from torch import nn

from models.attention.masks import causal_mask
from models.cost.calls_counted import CallsCounted
from models.data import moved_things, named_tasks, tok_sentences
from models.interpretability.prefix_replaced import decoded, replaced
from models.interpretability.reordered_source import reordered
from models.interpretability.segment_gradients import gradient_by_distance
from models.interpretability.start_gradients import gradient_norms
from models.interpretability.withheld_source import without_cross_attention
from models.language.from_states import all_right, generated, shifted_right
from models.language.step_by_step import in_one_pass, word_after_word
from models.position.relative_bias import StackBias, both_ways
from models.seeding import generator, normal, seeded
from models.transformer.absolute_xl import AbsoluteXL
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.mean_source import MeanSource, mean_state
from models.transformer.pre_norm_encoder_decoder import PreNormEncoder, PreNormEncoderBlock, PreNormEncoderDecoder
from models.transformer.segments import SEGMENT, recomputed, segments
from models.transformer.t5 import T5, T5Config
from models.transformer.t5_mistakes import mistaken
from models.transformer.transformer_xl import TransformerXL, XLConfig, cached, extended, shifted

SMALL = EncoderDecoderConfig(17, width=12, layers=2, heads=3, hidden=18)
SOURCE = torch.tensor([[2, 3, 4, 5, 6], [7, 8, 9, 0, 0]])
TARGET = torch.tensor([[1, 4, 6, 8], [1, 9, 3, 2]])
MASK = padding_mask(SOURCE, 0)


def test_the_mean_leaves_padding_out():
    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [50.0, 50.0]]])
    mask = torch.tensor([[True, True, False]])[:, None, None]
    assert mean_state(states, mask).tolist() == [[[2.0, 4.0]]]
    assert mean_state(states[:, :2]).tolist() == [[[2.0, 4.0]]]


def test_with_the_mean_every_weight_on_the_source_is_one():
    model = seeded(lambda: MeanSource(SMALL), 0)
    _, trace = model(SOURCE, TARGET, MASK)
    assert all(torch.equal(weights, torch.ones(2, 3, 4, 1)) for weights in trace.cross_weights)


def test_states_in_another_order_change_nothing_and_values_alone_do():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    read = model.encode(SOURCE, MASK)
    plain = model.decode(TARGET, read)[0]
    order = torch.tensor([3, 0, 4, 2, 1])
    torch.testing.assert_close(model.decode(TARGET, reordered(read, order))[0], plain)
    assert not torch.allclose(model.decode(TARGET, reordered(read, order, keys=False))[0], plain, atol=1e-3)


def test_later_words_change_no_earlier_prediction():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    read = model.encode(SOURCE, MASK)
    changed = replaced(TARGET, 2, torch.tensor([11, 12]))
    assert changed[:, 3].tolist() == [11, 12]
    plain, other = (decoded(model, prefix, read, 4)[0] for prefix in (TARGET, changed))
    torch.testing.assert_close(plain[:, :3], other[:, :3])
    assert not torch.allclose(plain[:, 3], other[:, 3], atol=1e-3)
    torch.testing.assert_close(plain, model.decode(TARGET, read)[0])


def test_a_window_of_one_forgets_the_prefix_in_self_attention():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    read = model.encode(SOURCE, MASK)
    plain, other = (
        decoded(model, prefix, read, 1)[0] for prefix in (TARGET, replaced(TARGET, 1, torch.tensor([1, 1])))
    )
    torch.testing.assert_close(plain[:, 3], other[:, 3])


def test_shifted_targets_and_right_rows():
    assert shifted_right(torch.tensor([[5, 6, 7]]), 1).tolist() == [[1, 5, 6]]
    target = torch.tensor([[5, 6, 0], [5, 6, 7]])
    assert all_right(torch.tensor([[5, 6, 9], [5, 7, 7]]), target, 0).tolist() == [True, False]


def test_a_generated_row_is_what_each_prefix_predicts():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    read = model.encode(SOURCE, MASK)
    row = generated(model, read, 1, 4)
    again = model.decode(shifted_right(row, 1), read)[0].argmax(dim=-1)
    assert torch.equal(row, again)


def test_pre_norm_streams_are_sums():
    model = seeded(lambda: PreNormEncoderDecoder(SMALL), 0)
    for block in model.encoder:
        block.attention.to_out.weight.data.zero_()
        block.feed_forward.to_out.weight.data.zero_()
    torch.testing.assert_close(model.encode(SOURCE).states, model.encoder_norm(model.embed(SOURCE)))
    post = seeded(lambda: EncoderDecoder(SMALL), 0)
    assert not torch.allclose(post(SOURCE, TARGET)[0], model(SOURCE, TARGET)[0], atol=1e-2)
    extra = sum(p.numel() for p in model.parameters()) - sum(p.numel() for p in post.parameters())
    assert extra == 4 * SMALL.width


def test_norms_moved_in_the_encoder_leave_the_decoder_as_it_was():
    model, post = (seeded(lambda kind=kind: kind(SMALL), 0) for kind in (PreNormEncoder, EncoderDecoder))
    assert all(type(block) is PreNormEncoderBlock for block in model.encoder)
    assert [type(block) for block in model.decoder] == [type(block) for block in post.decoder]
    read = post.encode(SOURCE, MASK)
    model.load_state_dict(post.state_dict(), strict=False)
    torch.testing.assert_close(model.decode(TARGET, read)[0], post.decode(TARGET, read)[0])
    assert not torch.allclose(model.encode(SOURCE, MASK).states, read.states, atol=1e-2)


def test_gradients_at_the_start_are_those_of_backward():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    target = torch.tensor([[4, 6, 8, 1], [9, 3, 2, 1]])
    found = gradient_norms(model, SOURCE, TARGET, target)
    nn.functional.cross_entropy(model(SOURCE, TARGET)[0].flatten(0, 1), target.flatten()).backward()
    assert found.shape == (2, 2)
    assert found[1, 0].item() == pytest.approx(model.decoder[0].feed_forward.to_out.weight.grad.norm().item(), rel=1e-5)


def test_tok_by_hand():
    source, target = tok_sentences.parsed("the red cat helps the goat")
    assert tok_sentences.text_of(source[0]) == ["the", "red", "cat", "helps", "the", "goat", "."]
    assert tok_sentences.text_of(target[0]) == ["belo", "reva", "lupo", "sabi", "."]
    assert tok_sentences.class_of(target)[0].tolist() == [0, 1, 0, 2, -1, -1]


@pytest.mark.parametrize(
    "text", ["the cat", "cat sees the dog", "the cat sees the dog now", "the blue red cat sees the dog"]
)
def test_a_sentence_that_does_not_fit_is_told(text):
    with pytest.raises(ValueError, match="takes"):
        tok_sentences.parsed(text)


def test_held_out_sentences_are_not_in_training():
    train, held = (tok_sentences.sentences(2000, generator(n), n == 1).source for n in (0, 1))
    assert len(train) == len(held) == 2000
    assert not {tuple(row) for row in train.tolist()} & {tuple(row) for row in held.tolist()}


def test_tasks_by_hand():
    t, given = named_tasks, tok_sentences.parsed("the red cat helps the goat")
    read = lambda found: (" ".join(t.text_of(found.source[0])), " ".join(t.text_of(found.target[0])))
    assert read(t.named(given, "tok")) == ("tok the red cat helps the goat .", "belo reva lupo sabi .")
    assert read(t.named(given, "who"))[1] == "cat ."
    assert read(t.named(given, "whom")) == ("whom the red cat helps the goat .", "goat .")
    gaps = t.with_gaps(given, torch.tensor([[1, 3]]))
    assert read(gaps) == ("fill the red cat helps the goat . belo <0> lupo <1> .", "<0> reva <1> sabi .")
    swapped = t.with_gaps(given, torch.tensor([[1, 3]]), (1, 0))
    assert read(swapped) == ("fill the red cat helps the goat . belo <1> lupo <0> .", "<0> sabi <1> reva .")


def test_gaps_stand_at_two_places_of_words():
    target = tok_sentences.sentences(300, generator(0)).target
    at = named_tasks.places(target, generator(1))
    assert bool((at[:, 0] < at[:, 1]).all())
    assert bool((tok_sentences.class_of(target).gather(1, at) >= 0).all())


def test_the_last_move_counts():
    ids, answers, back = moved_things.texts(40, 48, generator(0))
    for row, right, how_far in zip(ids.tolist(), answers.tolist(), back.tolist(), strict=True):
        where: dict[int, tuple[int, int]] = {}
        for at, symbol in enumerate(row):
            if symbol < moved_things.MOVES:
                where[symbol // 6] = symbol % 6, at
                assert right[at] == moved_things.NOT_ASKED
            elif symbol - moved_things.MOVES in where:
                place, since = where[symbol - moved_things.MOVES]
                assert (right[at], how_far[at]) == (moved_things.FIRST_PLACE + place, at - since)
            else:
                assert (right[at], how_far[at]) == (moved_things.NOT_ASKED, 0)
    assert moved_things.name_of(7) == "key→hall"
    assert moved_things.name_of(moved_things.MOVES) == "cup?"


def test_buckets_both_ways_by_hand():
    assert both_ways(torch.arange(-3, 4), 8, 16).tolist() == [2, 2, 1, 0, 5, 6, 6]
    bias = StackBias(2, 8, 16, causal=True)
    bias.table.data = torch.arange(16.0).view(8, 2)
    assert bias(3)[0].tolist() == [[0, 0, 0], [2, 0, 0], [4, 2, 0]]


def test_scores_divided_by_root_k_and_restored():
    model = seeded(lambda: T5(T5Config(17, 12, 2, 3, 4, 18)), 0)
    plain, slip, mended = (
        mistaken(model, name)(SOURCE, TARGET, MASK)[0]
        for name in ("none", "scores divided by √K", "divided, keys rescaled")
    )
    assert not torch.allclose(plain, slip, atol=1e-2)
    torch.testing.assert_close(plain, mended)


def test_a_divided_bias_changes_nothing_but_the_tables():
    model = seeded(lambda: T5(T5Config(17, 12, 2, 3, 4, 18)), 0)
    for stack in (model.encoder_bias, model.decoder_bias):
        stack.table.data = torch.arange(float(stack.table.numel())).view_as(stack.table)
    other = mistaken(model, "bias divided by √K").state_dict()
    for name, weight in model.state_dict().items():
        torch.testing.assert_close(other[name], weight / 2 if "bias" in name else weight)


def test_offsets_move_to_their_keys():
    T, S = 3, 5
    by_offset = torch.arange(S - 1, -1, -1.0).expand(T, S)  # column c holds its offset S − 1 − c
    moved = shifted(by_offset)
    for i in range(T):
        for j in range(S - T + i + 1):
            assert moved[i, j] == S - T + i - j


XL = XLConfig(moved_things.SYMBOLS, width=12, layers=2, heads=2, hidden=14)
IDS = moved_things.texts(2, 3 * SEGMENT, generator(5)).ids


def test_no_gradient_passes_the_cache():
    h, m = normal(1, 3, 4, seed=0).requires_grad_(), normal(1, 2, 4, seed=1).requires_grad_()
    extended(h, m).sum().backward()
    assert m.grad is None
    assert torch.equal(h.grad, torch.ones(1, 3, 4))


def test_the_cache_keeps_the_last_states():
    states = (torch.arange(6.0).view(1, 6, 1),)
    kept = cached((torch.zeros(1, 0, 1),), states, 4)
    assert kept[0].flatten().tolist() == [2, 3, 4, 5]
    assert cached(kept, states, 0)[0].shape == (1, 0, 1)


@torch.no_grad()
@pytest.mark.parametrize("kind", [TransformerXL, AbsoluteXL])
def test_without_a_cache_segments_are_texts_of_their_own(kind):
    model = seeded(lambda: kind(XL), 0)
    alone = model(IDS[:, SEGMENT : 2 * SEGMENT], model.empty(2))[0]
    torch.testing.assert_close(segments(model, IDS, 0)[:, SEGMENT : 2 * SEGMENT], alone)
    assert not torch.allclose(segments(model, IDS, SEGMENT)[:, SEGMENT : 2 * SEGMENT], alone, atol=1e-3)


@torch.no_grad()
def test_a_cache_of_all_is_one_long_segment_with_relative_positions():
    model = seeded(lambda: TransformerXL(XL), 0)
    torch.testing.assert_close(segments(model, IDS, 3 * SEGMENT), model(IDS, model.empty(2))[0], atol=1e-4, rtol=1e-4)
    absolute = seeded(lambda: AbsoluteXL(XL), 0)
    whole = absolute(IDS, absolute.empty(2))[0]
    assert not torch.allclose(segments(absolute, IDS, 3 * SEGMENT), whole, atol=1e-2)


@torch.no_grad()
def test_other_caches():
    model = seeded(lambda: TransformerXL(XL), 0)
    others = moved_things.texts(2, 3 * SEGMENT, generator(6)).ids
    torch.testing.assert_close(segments(model, IDS, 8, IDS), segments(model, IDS, 8))
    assert not torch.allclose(segments(model, IDS, 8, others), segments(model, IDS, 8), atol=1e-3)
    again = recomputed(model, IDS, SEGMENT)
    torch.testing.assert_close(again[:, : 2 * SEGMENT], segments(model, IDS, SEGMENT)[:, : 2 * SEGMENT])
    assert math.isfinite(again.sum().item())


def test_without_cross_attention_the_source_changes_nothing():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    other = SOURCE.roll(1, dims=0)
    cut, half = (without_cross_attention(model, layers) for layers in ((0, 1), (0,)))
    torch.testing.assert_close(cut(SOURCE, TARGET)[0], cut(other, TARGET)[0])
    assert not torch.allclose(half(SOURCE, TARGET)[0], half(other, TARGET)[0], atol=1e-3)
    assert not torch.allclose(half(SOURCE, TARGET)[0], model(SOURCE, TARGET)[0], atol=1e-3)
    assert cut.embedding.weight is model.embedding.weight
    x = normal(2, 4, 12, seed=1)
    block, read = cut.decoder[0], cut.encode(SOURCE)
    attended = block.self_attention_norm(x + block.self_attention(x, causal_mask(4))[0])
    middle = block.cross_attention_norm(attended)
    expected = block.feed_forward_norm(middle + block.feed_forward(middle)[0])
    torch.testing.assert_close(block(x, read.memories[0], causal_mask(4), None)[0], expected)


def test_word_after_word_is_one_pass():
    model = seeded(lambda: EncoderDecoder(SMALL), 0)
    read = model.encode(SOURCE, MASK)
    torch.testing.assert_close(word_after_word(model, TARGET, read), in_one_pass(model, TARGET, read))
    assert not torch.allclose(word_after_word(model, TARGET.flip(1), read), in_one_pass(model, TARGET, read), atol=1e-3)


def test_calls_of_both_halves_are_counted():
    counted = CallsCounted(seeded(lambda: EncoderDecoder(SMALL), 0))
    generated(counted, counted.encode(SOURCE), 1, 3)
    assert (counted.encoded, counted.decoded) == (1, 3)


def test_no_gradient_passes_the_cache_and_some_passes_in_the_segment():
    model = seeded(lambda: TransformerXL(XLConfig(9, 12, 2, 3, 18)), 0)
    ids = torch.randint(9, (1, 3 * SEGMENT), generator=generator(0))
    found = gradient_by_distance(model, ids, SEGMENT)
    assert found.shape == (3 * SEGMENT,)
    assert (found[:SEGMENT] > 0).all()
    assert (found[SEGMENT:] == 0).all()
    other = ids.clone()
    other[0, SEGMENT] = (ids[0, SEGMENT] + 1) % 9
    assert (segments(model, ids, SEGMENT) - segments(model, other, SEGMENT))[:, -1].abs().max() > 0
    assert not any(weight.requires_grad and weight.grad is not None for weight in model.parameters())
