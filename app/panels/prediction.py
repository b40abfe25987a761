"""Predict first: the questions of an entry, and what the run answers."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from app.measurements import label, number
from app.panels.icons import FAILED, HELD, ICONS
from app.panels.markup import EMPTY, html, join
from app.panels.prose import inline
from app.predictions import Answer
from glossary.schema import Entry, Prediction


def questions(entry: Entry) -> Markup:
    """Every prediction of the entry as a form; no answer is in it."""
    asked = join(_question(index, prediction) for index, prediction in enumerate(entry.live.predictions))
    return html('<div class="predictions" hidden>{}</div>', asked)


def _question(index: int, prediction: Prediction) -> Markup:
    return html(
        """
        <form class="predict" data-index="{index}">
          <fieldset><legend>{asks}</legend>{given}{answer}</fieldset>
          <button class="btn solid" type="submit" disabled>{eye}Reveal</button>
          <div class="verdict" role="status"></div>
        </form>
        """,
        index=index,
        asks=inline(prediction.asks),
        given=_given(prediction),
        answer=_choices(index, prediction) if prediction.choices else _slider(prediction),
        eye=ICONS["eye"],
    )


def _given(prediction: Prediction) -> Markup:
    if not prediction.set:
        return EMPTY
    changes = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in prediction.set.items())
    return html('<p class="given">The run: {}.</p>', changes)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return number(value) if isinstance(value, int | float) else f"“{value}”"


def _choices(index: int, prediction: Prediction) -> Markup:
    return join(
        html(
            '<label class="choice"><input type="radio" name="guess-{}" value="{}"><span>{}</span></label>',
            index, place, inline(choice.says),
        )
        for place, choice in enumerate(prediction.choices)
    )  # fmt: skip


def _slider(prediction: Prediction) -> Markup:
    """Without a start value: the thumb stands at the left and the guess is “–” until it is moved."""
    low, high = prediction.low or 0.0, prediction.high or 0.0
    return html(
        """
        <div class="guess">
          <span class="lab">Your guess<output>–</output></span>
          <input type="range" min="{low}" max="{high}" step="{step}" value="{low}" data-unit="{unit}"
            aria-label="Your guess" style="--p:0%">
          <div class="ticks"><span>{least}</span><span>{most}</span></div>
        </div>
        """,
        low=low,
        high=high,
        step=(high - low) / 200,
        unit=prediction.unit,
        least=number(low),
        most=number(high),
    )


def verdict(prediction: Prediction, answer: Answer, guess: float) -> Markup:
    """The measured number beside the guess, and the sentence that explains it."""
    unit = f" {prediction.unit}" if prediction.unit else ""
    measured = f"{number(answer.value)}{unit}"
    if answer.right is None:
        off = number(float(f"{abs(guess - answer.value):.3g}"))
        line = html("<b>{}</b> measured. You said {}{}: off by {}{}.", measured, number(guess), unit, off, unit)
        icon = EMPTY
    else:
        right = int(guess) == answer.right
        icon = HELD if right else FAILED
        says = prediction.choices[answer.right].says.rstrip(".")
        opening = "You had it" if right else html("The run says: {}", inline(says))
        times = " times as much" if prediction.over is not None else ""
        line = html("<b>{}</b>. {}: {}{}.", opening, label(prediction.metric), measured, times)
    return html("{}<p>{} {}</p>", icon, line, inline(prediction.reveals))


def guessed(prediction: Prediction, guess: Any) -> float | None:
    """The guess as a number that the question allows, or None."""
    if isinstance(guess, bool) or not isinstance(guess, int | float) or guess != guess:
        return None
    if prediction.choices:
        return float(guess) if guess in range(len(prediction.choices)) else None
    return float(guess)


def asked(entry: Entry, index: Any) -> Prediction | None:
    """The prediction of that index, or None."""
    questions: Mapping[int, Prediction] = dict(enumerate(entry.live.predictions))
    return questions.get(index) if isinstance(index, int) else None
