"""Predict first: a question as a form without its answer, and what the run answered."""

import json
import math
from collections.abc import Callable

from markupsafe import Markup

from app.experiment_words import control_name, metric_label
from app.number_format import number
from app.teaching.predictions import Answer, Guess
from app.teaching.questions import Question, of_entry
from app.web.panels.icons import FAILED, HELD, ICONS
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prose import inline
from glossary.schema import Entry, Kind, Prediction


def questions(entry: Entry) -> Markup:
    """Every prediction of the entry as a form; the browser asks one after the other."""
    return html(
        '<div class="predictions" hidden>{}<button class="btn line" type="button" data-next hidden>{}</button></div>',
        join(form(question) for question in of_entry(entry)), "Next question",
    )  # fmt: skip


def form(question: Question) -> Markup:
    """One question. The browser sends back ``data-place``, and turns the controls by ``data-set`` when it reveals."""
    return html(
        """
        <form class="predict" data-place="{place}" data-set="{set}">
          <fieldset><legend>{asks}</legend>{given}{answer}</fieldset>
          <button class="btn solid" type="submit" disabled>{eye}Reveal</button>
          <div class="verdict" role="status"></div>
        </form>
        """,
        place=json.dumps(question.place),
        set=json.dumps(question.asked),
        asks=inline(question.prediction.asks),
        given=html('<p class="given">The run: {}.</p>', settings(question)) if question.asked else EMPTY,
        answer=_ANSWERS[question.prediction.kind](question),
        eye=ICONS["eye"],
    )


def settings(question: Question) -> str:
    """“base 500 000, turn “query only””."""
    return ", ".join(
        f"{control_name(question.entry.live.experiment, name)} {_value(value)}"
        for name, value in question.asked.items()
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return number(value) if isinstance(value, int | float) else f"“{value}”"


def _choices(question: Question) -> Markup:
    return _radios(question, [inline(choice.says) for choice in question.prediction.choices])


def _maps(question: Question) -> Markup:
    """Empty frames; ``assets/lazy/maps.js`` asks for the drawings when the question is."""
    frames = [
        html('<b>Map {number}</b><div class="map" role="img" aria-label="Map {number}"></div>', number=n + 1)
        for n in range(_count(question))
    ]
    return html('<div class="maps" data-lazy="maps">{}</div>', _radios(question, frames))


def _count(question: Question) -> int:
    return len(question.prediction.others) + 1


def _radios(question: Question, answers: list[Markup]) -> Markup:
    """One row an answer, its value the index."""
    return join(
        html(
            '<label class="choice"><input type="radio" name="guess {}" value="{}"><span>{}</span></label>',
            question.key, index, answer,
        )
        for index, answer in enumerate(answers)
    )  # fmt: skip


def _sketch(question: Question) -> Markup:
    """A frame to draw in; ``assets/lazy/sketch.js`` does."""
    prediction, id = question.prediction, question.entry.live.experiment
    axes = {"at": prediction.at, "along": control_name(id, prediction.along), "low": prediction.low,
            "high": prediction.high, "label": metric_label(id, prediction.metric)}  # fmt: skip
    return html(
        '<div class="sketch" data-lazy="sketch" data-axes="{}"><input type="hidden" name="curve"></div>',
        json.dumps(axes),
    )


def _slider(question: Question) -> Markup:
    """Without a start value: the thumb stands at the left and the guess is “–” until it is moved."""
    prediction = question.prediction
    low, high = prediction.low or 0.0, prediction.high or 0.0
    return html(
        """
        <div class="guess">
          <span class="lab">Your guess<output>–</output></span>
          <input type="range" min="{low}" max="{high}" step="{step}" value="{low}" data-unit="{unit}" data-empty
            aria-label="Your guess" style="--p:0%">
          <div class="ticks"><span>{least}</span><span>{most}</span></div>
        </div>
        """,
        low=low,
        high=high,
        step=_step(low, high),
        unit=prediction.unit,
        least=number(low),
        most=number(high),
    )


def _step(low: float, high: float) -> float:
    """1, 2 or 5 times a power of ten, at most a hundred of them from low to high: numbers that a person would say."""
    least = (high - low) / 100
    power = 10.0 ** math.floor(math.log10(least))
    return float(f"{next(times * power for times in (1, 2, 5, 10) if times * power >= least * 0.999):.6g}")


_ANSWERS: dict[Kind, Callable[[Question], Markup]] = {
    "choice": _choices, "number": _slider, "map": _maps, "curve": _sketch,
}  # fmt: skip


def verdict(question: Question, answer: Answer, guess: Guess | None) -> Markup:
    """The measured answer beside the guess, where there is one, and the sentence that explains it."""
    mark = EMPTY if guess is None or answer.right is None else HELD if guess == answer.right else FAILED
    prediction = question.prediction
    said = _SAID[prediction.kind](question, answer, guess)
    return html("{}<p>{} {}</p>", mark, said, inline(prediction.reveals))


def _said_of_choice(question: Question, answer: Answer, guess: Guess | None) -> Markup:
    prediction = question.prediction
    says = html("The run says: {}", inline(prediction.choices[answer.right or 0].says.rstrip(".")))
    times = " times as much" if prediction.over is not None else ""
    return html(
        "<b>{}</b>. {}: {}{}.",
        "You had it" if guess == answer.right else says,
        metric_label(question.entry.live.experiment, prediction.metric),
        _measured(prediction, answer.value), times,
    )  # fmt: skip


def _said_of_map(question: Question, answer: Answer, guess: Guess | None) -> Markup:
    return html("<b>{}</b>.", "You had it" if guess == answer.right else f"It is map {(answer.right or 0) + 1}")


def _said_of_number(question: Question, answer: Answer, guess: Guess | None) -> Markup:
    prediction = question.prediction
    said = html("<b>{}</b> measured.", _measured(prediction, answer.value))
    if not isinstance(guess, float):
        return said
    off = float(f"{abs(guess - answer.value):.3g}")
    return html("{} You said {}: off by {}.", said, _measured(prediction, guess), _measured(prediction, off))


def _said_of_curve(question: Question, answer: Answer, guess: Guess | None) -> Markup:
    prediction = question.prediction
    points = ", ".join(f"{number(value)} at {number(at)}" for at, value in zip(prediction.at, answer.curve))
    said = html("<b>Measured</b> along {}: {}.", control_name(question.entry.live.experiment, prediction.along), points)
    if not isinstance(guess, tuple):
        return said
    gaps = [abs(drawn - value) for drawn, value in zip(guess, answer.curve)]
    height = (prediction.high or 0.0) - (prediction.low or 0.0)
    worst = gaps.index(max(gaps))
    return html(
        "{} Your curve is off by {} % of the height on average, most at {}.",
        said, number(round(100 * sum(gaps) / len(gaps) / height)), number(prediction.at[worst]),
    )  # fmt: skip


_SAID: dict[Kind, Callable[[Question, Answer, Guess | None], Markup]] = {
    "choice": _said_of_choice, "number": _said_of_number, "map": _said_of_map, "curve": _said_of_curve,
}  # fmt: skip


def _measured(prediction: Prediction, value: float) -> str:
    return f"{number(value)} {prediction.unit}".strip()
