"""What the page on the context window says beyond its claims."""

import math
from types import SimpleNamespace

import torch

from app.claims import verdict
from app.experiments.transformers.visible_context.answers import TEXTS
from app.experiments.transformers.visible_context.run import (
    LENGTHS,
    SENTENCE,
    VisibleControls,
    beginning_at_each,
    measure,
    run,
)
from app.web.panels import running
from models.data.homes_asked_last import homes_asked, without_statement
from models.language.pretrained_decoders import pretrained
from models.language.visible_context import loss_of_last, newest, oldest
from models.tokenization.tokenizer import decode
from tests.entries.evidence import runs_of


def test_texts_state_ten_homes_and_ask_for_one():
    homes = homes_asked(TEXTS, 0)
    assert homes.ids.shape == (60, 55)
    for text in (0, 13, 59):
        sentence = decode(homes.ids[text].tolist()).split(" . ")
        assert sentence[-1] == sentence[homes.asked[text]].removeprefix("<end> ").strip() or text % 10 == 0
        window = newest(homes.ids[text : text + 1], int(homes.back[text]))
        assert decode(window[0].tolist()).split(" . ")[0] == sentence[-1]


def test_a_statement_is_taken_out():
    homes = homes_asked(20, 1)
    less = without_statement(homes, homes.asked)
    assert less.shape == (20, 50)
    assert not (less[:, :-1] == homes.ids[:, -1:]).any()
    assert (less[:, -4:] == homes.ids[:, -4:]).all()


def test_windows():
    ids = torch.arange(10)[None]
    assert newest(ids, 3).tolist() == [[6, 7, 8]]
    assert oldest(ids, 3).tolist() == [[0, 1, 2]]


def test_losses_are_those_of_the_cut_text():
    result = run(VisibleControls(), "cpu")
    model = pretrained("decoder_medium")
    for at, n in enumerate(LENGTHS):
        torch.testing.assert_close(
            result.measured.answers.loss[at], loss_of_last(model, result.measured.homes.ids, n), atol=1e-4, rtol=0
        )


def test_function_words_gain_nothing_and_facts_outside_are_lost():
    found = measure(run(VisibleControls(), "cpu"))
    assert abs(found["gain_of_function_words_nats"]) < 0.01
    assert found["accuracy_inside"] > 0.9
    assert found["accuracy_beyond"] < 0.25


def test_the_typed_text_is_cut_at_each_token():
    rows = beginning_at_each(torch.tensor([[5, 6, 7]]))
    assert rows[:, 0].tolist() == [5, 6, 7]
    result = run(VisibleControls(visible=8), "cpu")
    assert result.wanted == "Lund"
    assert len(result.pieces) == len(SENTENCE.split()) + 1
    whole = measure(run(VisibleControls(visible=40), "cpu"))["typed_probability"]
    assert measure(result)["typed_probability"] < 0.3 < 0.9 < whole


def test_extremes_are_finite_or_gaps():
    for change in ({"visible": 54}, {"visible": 4}, {"sentence": "?", "kept": "the oldest tokens"}):
        result = run(VisibleControls(**change), "cpu")
        assert measure(result)["score_growth"] == 4


def test_a_window_that_hides_nothing_is_no_case_of_the_claim_and_says_so():
    shown = runs_of("context-window")
    whole = measure(run(VisibleControls(visible=54), "cpu"))
    assert math.isnan(whole["accuracy_beyond"])
    assert verdict(shown.entry.live.claims[0], whole) == "does not apply"
    told = running.finds(shown.entry, SimpleNamespace(metrics=whole))
    assert "not measured at this setting" in told
    assert "not a number" not in told
