from itertools import islice

import numpy as np
import pytest

from models.data import corpus
from models.data.tiny_world import KINDS, questions
from models.tokenization.tokenizer import END, PAD, SPECIALS, decode, ids_of

MIXED = {"moves": 2.0, "tools": 1.0, "repeats": 1.0}


def test_the_fast_ids_are_those_of_the_tokenizer() -> None:
    end = SPECIALS[END]
    for kind in KINDS:
        texts = [sample.text for sample in questions(kind, 20, 5)]
        slow = [token for text in texts for token in (*ids_of(text), END)]
        assert corpus.packed_ids(texts) == slow, kind
        assert decode(slow).replace(f"{end} ", end).split(end)[:-1] == texts


def test_the_same_seed_gives_the_same_tokens_with_any_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = corpus.tokens(MIXED, corpus.SHARD + 1000, 1)
    assert one.shape == (corpus.SHARD + 1000,)
    assert one.dtype == np.int64
    assert np.array_equal(one, corpus.tokens(MIXED, corpus.SHARD + 1000, 1, processes=2))
    assert np.array_equal(one[:5000], corpus.tokens(MIXED, 5000, 1))
    assert not np.array_equal(one[:5000], corpus.tokens(MIXED, 5000, 2))


def test_a_share_is_a_share_of_the_tokens() -> None:
    words = dict.fromkeys(MIXED, 0)
    openings = {"the": "moves", "<|system|>": "tools"}
    for text in islice(corpus.documents(MIXED, 3), 6000):
        words[openings.get(text.split()[0], "repeats")] += text.count(" ") + 2
    total = sum(words.values())
    for kind, share in MIXED.items():
        assert words[kind] / total == pytest.approx(share / sum(MIXED.values()), abs=0.03)


def test_options_and_names_reach_the_kinds() -> None:
    texts = list(islice(corpus.documents({"counting": 1}, 0, options={"counting": {"length": 3}}), 20))
    assert all(len(text.split(" :")[0].split()) == 3 for text in texts)
    assert corpus.tokens("induction", 100, 0).shape == (100,)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_is_found_among_the_tokens(kind: str) -> None:
    for sample in questions(kind, 30, 0):
        ids, places, _ = corpus.encoded(sample)
        assert ids[0] == END
        for answer, place in zip(sample.answers, places, strict=True):
            assert decode(ids[place]).strip() == answer.text


def test_a_batch_is_padded_and_marks_its_answers() -> None:
    samples = questions("context_facts", 8, 0)
    ids, answers = corpus.padded(samples)
    assert ids.shape == answers.shape
    for row, marks, sample in zip(ids, answers, samples, strict=True):
        assert decode(row[row != PAD][1:]) == sample.text
        assert decode(row[marks]).split() == [answer.text for answer in sample.answers]
    with pytest.raises(ValueError, match="length: 5 tokens are too few"):
        corpus.padded(samples, 5)
