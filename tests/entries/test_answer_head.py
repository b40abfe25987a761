"""The head that the attention pages open with is found by measuring, not by eye."""

from app.experiments.attention.head_patterns.run import scores
from app.experiments.attention.language_model import (
    ANSWER_HEAD,
    STATED_AND_ASKED,
    answers,
    ask,
    language_model,
    run_text,
    weight_on,
)
from glossary import reader


def test_it_gives_the_answer_most_weight_of_all_heads() -> None:
    on_answer = weight_on(answers(language_model("cpu"), 101), ask(101).stated)
    assert divmod(int(on_answer.argmax()), on_answer.shape[1]) == ANSWER_HEAD


def test_the_page_on_many_heads_opens_with_the_strongest_induction_head() -> None:
    induction = scores("one per head", 101, "cpu")["induction"]
    preset = reader.entries()["multi-head-attention"].live.preset
    assert divmod(int(induction.argmax()), induction.shape[1]) == (preset["layer"], preset["head"])


def test_the_text_on_screen_is_answered() -> None:
    assert run_text(language_model("cpu"), STATED_AND_ASKED).prediction(-1)[0] == "Lund"


def test_the_questions_hold_their_answers_where_they_say() -> None:
    questions = ask(3)
    rows = range(len(questions.ids))
    assert (questions.ids[rows, questions.stated] == questions.answer).all()
    assert (questions.ids[rows, questions.not_asked] == questions.other).all()
    assert (questions.answer != questions.other).all()
    assert (questions.stated + questions.not_asked == 4 + 9).all()
    assert set(questions.stated.tolist()) == {4, 9}
