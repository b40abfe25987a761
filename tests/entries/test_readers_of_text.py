"""What the pages on encoders, their two pre-training tasks, BERT and GPT-1 say beyond their claims."""

import pytest
import torch

from app.controls import parse
from app.experiments.transformers.fine_tuning.course import by_word_counts
from app.experiments.transformers.fine_tuning.run import FineTuningControls
from app.experiments.transformers.fine_tuning.run import run as run_tuning
from app.experiments.transformers.masked_words.run import MaskedWordsControls
from app.experiments.transformers.masked_words.run import run as run_masked
from app.experiments.transformers.next_sentence.run import KINDS, NextSentenceControls, held_out
from app.experiments.transformers.next_sentence.run import run as run_pairs
from app.experiments.transformers.word_senses.run import clouds
from models.data.sentence_pair_questions import share_a_name
from tests.entries.evidence import runs_of


def test_the_typed_pair_is_accepted_as_typed_and_not_swapped():
    as_typed, swapped, other_names = run_pairs(NextSentenceControls(), "cpu").typed.tolist()
    assert as_typed > 0.9
    assert swapped < 0.1
    assert other_names > 0.9


@pytest.mark.parametrize("field", ["first", "second"])
def test_a_blank_text_is_refused_by_the_name_of_its_field(field: str):
    parsed = parse(NextSentenceControls, {field: " \n"}, {})
    assert parsed.problems == (f"{field}: takes text with at least one word; you gave ' \\n'",)
    assert parsed.controls == NextSentenceControls()


def test_names_do_not_change_what_the_encoder_rejects():
    as_told = run_pairs(NextSentenceControls(), "cpu")
    renamed = run_pairs(NextSentenceControls(people="in the second half"), "cpu")
    torch.testing.assert_close(renamed.rejected, as_told.rejected, atol=0.05, rtol=0)
    assert renamed.by_names[0] == 1
    assert as_told.by_names[0] == 0


def test_every_kind_of_pair_has_the_same_first_halves():
    pairs = {kind: held_out(kind, "of three kinds", "nowhere", 0) for kind in KINDS}
    firsts = [first for first, _ in pairs["true next"]]
    assert [first for first, _ in pairs["random"]] == [first for first, _ in pairs["same form"]] == firsts
    assert [second for _, second in pairs["swapped"]] == firsts
    assert all(map(share_a_name, pairs["true next"]))


def test_bars_of_rejected_pairs_are_the_metrics():
    shown = runs_of("next-sentence-prediction")(random="a text of the same form")
    encoder, names = shown.figures["rejected"].plot.data
    assert shown.metrics["random_rejected"] == pytest.approx(encoder.y[2])
    assert shown.metrics["swapped_rejected"] == pytest.approx(encoder.y[3], abs=1e-6)
    assert 1 - shown.metrics["names_accept_true"] == pytest.approx(names.y[0])


def test_masked_verbs_need_the_side_on_which_the_thing_stands():
    result = runs_of("masked-language-model")()
    both, left = result.figures["accuracy"].plot.data
    assert list(both.y) == pytest.approx([1, 1], abs=0.02)
    assert left.y[0] < 0.25  # one of eight verbs
    assert left.y[1] > 0.98
    assert result.metrics["typed_probability"] > 0.9
    assert result.metrics["typed_left_probability"] < 0.25


def test_the_sentence_is_masked_at_its_last_word_where_it_is_too_short():
    result = run_masked(MaskedWordsControls(sentence="Ada milks the cow .", masked=9), "cpu")
    assert result.words[-1] == "[MASK]"
    assert result.hidden == "."
    assert any("5 words" in notice for notice in result.notices)


@pytest.mark.parametrize("blank", [" ", "\n\n"])
def test_a_text_without_a_word_is_refused(blank):
    for kind, field in ((MaskedWordsControls, "sentence"), (FineTuningControls, "text")):
        with pytest.raises(ValueError, match="type at least one word"):
            kind(**{field: blank})


def test_the_trainings_differ_in_what_a_probe_of_ordinary_words_finds():
    found = [clouds("to both sides", "after the homonym", "ordinary words", n, 0, "cpu").accuracy[2] for n in range(3)]
    assert min(found) < 0.75 < max(found)
    assert runs_of("encoder").metrics()({})["sense_accuracy"] == pytest.approx(float(sum(found)) / 3)


def test_a_probe_that_saw_homonyms_finds_senses_in_an_untrained_reader():
    metrics = runs_of("encoder").metrics()({"attends": "to both sides, untrained", "learned_from": "homonyms"})
    assert metrics["sense_accuracy"] > 0.9
    assert 0.35 < metrics["random_label_accuracy"] < 0.65


def test_exchanged_people_exchange_the_class():
    result = list(run_tuning(FineTuningControls(reader="decoder", labels=32), "cpu"))[-1]
    assert result.typed == ["Ada gives Ben the hen .", "Ben gives Ada the hen ."]
    as_typed, swapped = result.typed_p[0].tolist()
    assert as_typed < 0.3
    assert swapped > 0.7
    assert result.total == 109_482_240


def test_counting_words_cannot_tell_who_receives():
    found = by_word_counts("who receives it", 0)
    assert (found < 0.65).all()
    assert by_word_counts("what it is", 0)[-1] > 0.95


def test_a_training_is_kept_for_other_counts_and_texts():
    first = list(run_tuning(FineTuningControls(reader="decoder"), "cpu"))
    again = list(run_tuning(FineTuningControls(reader="decoder", labels=8, text="Ada"), "cpu"))
    assert again[-1].accuracy.equal(first[-1].accuracy)
    assert len(again) == 1
    assert again[-1].typed == ["Ada"]
