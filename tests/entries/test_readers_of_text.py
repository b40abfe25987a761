"""What the pages on encoders, their two pre-training tasks, BERT and GPT-1 say beyond their claims."""

import pytest
import torch

from app.experiments.transformers.next_sentence.run import KINDS, NextSentenceControls, held_out
from app.experiments.transformers.next_sentence.run import run as run_pairs
from models.data.sentence_pair_questions import share_a_name
from tests.entries.evidence import runs_of


def test_the_typed_pair_is_accepted_as_typed_and_not_swapped():
    as_typed, swapped, other_names = run_pairs(NextSentenceControls(), "cpu").typed.tolist()
    assert as_typed > 0.9
    assert swapped < 0.1
    assert other_names > 0.9


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
