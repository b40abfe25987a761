"""Rows for encoder, translator, sequence models and judge: true, repeatable, and split without leaks."""

import math
from itertools import islice

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.data.corpus import documents
from models.data.dice import Dice
from models.data.preferences import REFUSAL, Pair, any_reply, asked_facts, judge_accuracy, pairs, pairs_among, utility
from models.data.sentence_pairs import CUT, ONE_TEXT, ids_of_words, paired_rows, single_rows
from models.data.symbol_sequences import FIRST_VALUE, GO, NOISE, NOT_ASKED, recall, selective_copy
from models.data.text_to_text import TASKS, rows, with_gaps
from models.data.tiny_world import world
from models.language.chat_turns import ENDS, is_reply, with_one_end
from models.language.masking import NOT_ASKED as UNMASKED
from models.language.masking import masked_tokens
from models.seeding import generator
from models.tokenization.tokenizer import CLASS, END, GAPS, MASK, PAD, SEP, SPECIALS, VOCABULARY, decode, ids_of

some = settings(max_examples=30, deadline=None)


def test_pairs_of_sentences_are_laid_out_as_bert_reads_them():
    found = paired_rows(200, 64, seed=3)
    for ids, segments, label in zip(*found):
        ends = (ids == SEP).nonzero()[0]
        assert ids[0] == CLASS
        assert len(ends) == 2
        assert (segments[: ends[0] + 1] == 0).all()
        assert (segments[ends[0] + 1 : ends[1] + 1] == 1).all()
        assert (ids[ends[1] + 1 :] == PAD).all()
        assert label in (0, 1)
    assert 70 < found.labels.sum() < 130


def test_next_swapped_and_random_say_what_they_are():
    texts = {decode(ids_of_words(text)) for text in islice(documents(CUT, 5), 400)}
    for second, order, label in (("next", (0, 1), 1), ("swapped", (1, 0), 0)):
        found = paired_rows(50, 80, 5, second)
        assert (found.labels == label).all()
        for ids in found.ids:
            first_end, second_end = (ids == SEP).nonzero()[0]
            parts = decode(ids[1:first_end]), decode(ids[first_end + 1 : second_end])
            assert " ".join(parts[i] for i in order) in texts
    random = paired_rows(50, 80, 5, "random")
    assert (random.labels == 0).all()


def test_single_texts_ask_nothing_about_a_next_one_and_seeds_repeat():
    one, again, other = (single_rows(20, 64, seed) for seed in (1, 1, 2))
    assert (one.labels == ONE_TEXT).all()
    assert (one.ids == again.ids).all()
    assert (one.ids != other.ids).any()


def test_masking_keeps_the_papers_shares_and_leaves_special_tokens():
    ids = torch.randint(0, VOCABULARY, (400, 64), generator=generator(0))
    inputs, targets = masked_tokens(ids, VOCABULARY, generator(1))
    asked = targets != UNMASKED
    assert not asked[ids < len(SPECIALS)].any()
    assert (inputs[~asked] == ids[~asked]).all()
    assert (targets[asked] == ids[asked]).all()
    shown = inputs[asked]
    assert asked.float().mean().item() == pytest.approx(0.15, abs=0.01)
    assert (shown == MASK).float().mean().item() == pytest.approx(0.8, abs=0.02)
    assert (shown == ids[asked]).float().mean().item() == pytest.approx(0.1, abs=0.02)


@some
@given(st.lists(st.integers(20, 1000), min_size=4, max_size=60), st.integers(0, 9))
def test_gaps_can_be_filled_back(ids, seed):
    source, target = with_gaps(ids, Dice(seed))
    assert target[-1] == END
    spans, gap = {}, None
    for token in target[:-1]:
        if token in GAPS:
            gap = token
            spans[gap] = []
        else:
            spans[gap].append(token)
    filled = [token for piece in source for token in (spans[piece] if piece in GAPS else [piece])]
    assert filled == ids


@pytest.mark.parametrize("task", TASKS)
def test_exchanges_of_every_task_fit_repeat_and_end(task):
    source, target = rows(30, 0, (40, 20), task, "held_out")
    assert (rows(30, 0, (40, 20), task, "held_out")[0] == source).all()
    assert (target[:, 0] == END).all()
    assert ((target == END).sum(axis=1) == 2).all()
    assert source.shape == (30, 40)


def test_held_out_translations_are_not_in_training():
    trained = {tuple(row) for row in rows(3000, 0, (40, 20), "translation")[0]}
    assert not trained & {tuple(row) for row in rows(300, 0, (40, 20), "translation", "held_out")[0]}


@some
@given(st.integers(1, 8), st.integers(16, 50), st.integers(0, 99))
def test_selective_copy_is_solved_by_dropping_the_noise(symbols, length, seed):
    inputs, targets = selective_copy(5, length, symbols, generator(seed))
    assert inputs.shape == targets.shape == (5, length)
    for row, wanted in zip(inputs, targets):
        read = row[: (row == GO).nonzero().item()]
        assert (wanted[wanted != NOT_ASKED] == read[read != NOISE]).all()


@some
@given(st.integers(1, 8), st.integers(32, 50), st.integers(0, 99))
def test_recall_is_solved_by_a_table(pairs_told, length, seed):
    inputs, targets = recall(5, length, pairs_told, generator(seed))
    for row, wanted in zip(inputs, targets):
        go = (row == GO).nonzero().item()
        told = row[:go][row[:go] != NOISE].view(-1, 2).tolist()
        table = dict(told)
        assert len(table) == pairs_told
        asked = wanted != NOT_ASKED
        assert [table[key] for key in row[asked].tolist()] == wanted[asked].tolist()
        assert (wanted[asked] >= FIRST_VALUE).all()


def test_tasks_without_room_are_refused():
    with pytest.raises(ValueError, match="length"):
        recall(1, 11, 3, generator(0))
    with pytest.raises(ValueError, match="length"):
        selective_copy(1, 5, 3, generator(0))


def test_the_judge_knows_every_reply_and_prefers_as_bradley_and_terry_say():
    dice, facts = Dice(0), world().by_tier["often"]
    for fact in facts[:40]:
        text, worth = any_reply(fact, dice)
        assert utility(fact, text) == worth
    assert utility(facts[0], "hello") < utility(facts[0], REFUSAL)
    judged = list(islice(pairs(0), 4000))
    far = [pair for pair in judged if abs(pair.chosen_utility - pair.rejected_utility) == 1.0]
    better = sum(pair.chosen_utility > pair.rejected_utility for pair in far) / len(far)
    assert better == pytest.approx(1 / (1 + math.exp(-1.0)), abs=0.06)
    assert 0.7 < judge_accuracy(judged) < 0.9
    assert judge_accuracy([Pair("", "a", "b", 1.0, 1.0)]) == 0.5


def test_held_out_questions_are_not_judged_in_training():
    trained = {pair.prompt for pair in islice(pairs(0), 3000)}
    assert not trained & {pair.prompt for pair in islice(pairs(0, held_out=True), 300)}


def test_pairs_among_own_replies_are_of_one_question_and_differ():
    one, silent = asked_facts(held_out=False)[:2]
    said = {one: ["a .", "b .", f"{one.value} ."], silent: ["always the same ."] * 3}
    for pair in islice(pairs_among(said, 0), 100):
        assert one.subject in pair.prompt
        assert pair.chosen != pair.rejected
        assert {pair.chosen, pair.rejected} <= set(said[one])
        assert pair.chosen_utility == utility(one, pair.chosen)


def test_whatever_ends_a_turn_is_one_end():
    logits = torch.randn(2, 3, VOCABULARY, generator=generator(0))
    before, after = logits.softmax(-1), with_one_end(logits).softmax(-1)
    torch.testing.assert_close(after[..., END], before[..., list(ENDS)].sum(-1))
    assert (after[..., list(ENDS[1:])] == 0).all()
    others = [token for token in range(VOCABULARY) if token not in ENDS]
    torch.testing.assert_close(after[..., others], before[..., others])


def test_only_the_assistants_words_and_the_end_of_its_turn_are_replies():
    text = "<|system|> be loud .<|user|> hi ?<|assistant|> yes .<|call|> go<|result|> 3<|assistant|> no ."
    ids = torch.tensor([[END, *ids_of(text), END, PAD]])
    told = decode(ids[is_reply(ids)].tolist())
    assert told == "yes .<|call|> go<|result|> no .<|end|>"
