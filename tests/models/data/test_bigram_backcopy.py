"""The rules of the bigram-backcopy texts, read off the texts themselves."""

import pytest
import torch

from models.data.bigram_backcopy import (
    ASK,
    FIRST_FACT,
    LABELS,
    LENGTH,
    ORDINARY,
    START,
    SYMBOLS,
    TRIGGERS,
    best_losses,
    bigram,
    questions,
    targets,
    texts,
)
from models.data.symbol_sequences import NOT_ASKED
from models.seeding import generator

ROWS = 400
IDS = texts(ROWS, LENGTH, generator(0))
PLAIN = texts(ROWS, LENGTH, generator(1), told=False)


def test_every_symbol_has_a_label_of_its_own():
    assert len(set(LABELS)) == len(LABELS) == SYMBOLS


@pytest.mark.parametrize("ids", [IDS, PLAIN])
def test_after_a_trigger_comes_what_stood_before_it(ids):
    row, at = ((ids[:, :-1] < TRIGGERS) & (torch.arange(LENGTH - 1) > 0)).nonzero().unbind(dim=1)
    assert len(at) > 300
    assert torch.equal(ids[row, at + 1], ids[row, at - 1])
    assert (ids[row, at - 1] < ORDINARY).all()
    assert (ids[:, 0] == START).all()
    assert (ids[:, 1:] != START).all()


def test_one_fact_a_text_and_every_question_is_answered_with_it():
    for row in IDS:
        facts = row[(row >= FIRST_FACT) & (row < ASK)]
        assert len(facts.unique()) == 1
        told = (row == facts[0]).nonzero()[0, 0]
        asked = (row[:-1] == ASK).nonzero()[:, 0]
        assert (asked > told).all()
        assert (row[asked + 1] == facts[0]).all()
        assert len(facts) == 1 + len(asked)
    assert (PLAIN < FIRST_FACT)[:, 1:].all()


def test_only_what_breaks_into_the_text_need_not_be_foreseen():
    asked, then = targets(IDS), IDS[:, 1:]
    told = ((then >= FIRST_FACT) & (then < ASK)).float().argmax(dim=1)
    silent = (then == ASK) | (torch.arange(LENGTH - 1) == told[:, None])
    assert (asked[silent] == NOT_ASKED).all()
    assert torch.equal(asked[~silent], then[~silent])
    assert torch.equal(targets(PLAIN), PLAIN[:, 1:])


def test_no_model_can_save_the_best_loss_and_counting_finds_it():
    ids = texts(4000, 32, generator(2), told=False)
    now, then = ids[:, :-1].flatten(), ids[:, 1:].flatten()
    seen = torch.zeros(SYMBOLS, ORDINARY).index_put_((now, then), torch.ones(len(now)), accumulate=True)
    often = (now == START) | ((now >= TRIGGERS) & (seen.sum(dim=1)[now] > 2000))
    counted = -(seen / seen.sum(dim=1, keepdim=True))[now, then].log()
    assert counted[often].mean().item() == pytest.approx(best_losses(ids).flatten()[often].mean().item(), abs=0.02)
    assert (best_losses(ids)[ids[:, :-1] < TRIGGERS] == 0).all()
    torch.testing.assert_close(bigram().sum(dim=1), torch.ones(SYMBOLS))


def test_questions_end_texts_and_the_fact_stands_where_it_was_asked_for():
    ids = questions(20, 50, generator(3))
    assert (ids[:, -1] == ASK).all()
    assert (((ids >= FIRST_FACT) & (ids < ASK)).nonzero()[:, 1] == LENGTH - 21).all()
    with pytest.raises(ValueError, match="distance: 63"):
        questions(63, 1, generator(0))
