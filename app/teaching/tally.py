"""What the guesses of a class come to: counts and curves for the screen, a table for the teacher."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from app.teaching.predictions import Guess
from app.teaching.questions import find_by_key
from glossary.schema import Prediction

BINS, CURVES = 20, 40
"""Bars between the ends of a slider; hand-drawn curves that are shown, the newest."""


def tally(prediction: Prediction, guesses: Sequence[Guess]) -> dict[str, Any]:
    """As the browser draws it: counts of choices or maps, counts of bins between the slider's ends, or curves."""
    if prediction.kind == "curve":
        return {"low": prediction.low, "high": prediction.high, "curves": guesses[-CURVES:]}
    single = [guess for guess in guesses if isinstance(guess, float)]
    answers = len(prediction.choices) or len(prediction.others) + 1
    if prediction.kind != "number":
        return {"counts": [single.count(float(index)) for index in range(answers)]}
    low, high = prediction.low or 0.0, prediction.high or 0.0
    places = [min(BINS - 1, max(0, int(BINS * (guess - low) / (high - low)))) for guess in single]
    return {"low": low, "high": high, "counts": [places.count(place) for place in range(BINS)]}


def table(guesses: Sequence[tuple[str, int, Guess]]) -> str:
    """Guesses as CSV, a line each: question, what it asks, number of the page, guess in words, unit."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("question", "asks", "page", "guess", "unit"))
    for key, page, guess in guesses:
        question = find_by_key(key)
        if question is not None:
            asked = question.prediction
            lines.writerow((key, asked.asks, page, _in_words(asked, guess), asked.unit))
    return text.getvalue()


def _in_words(prediction: Prediction, guess: Guess) -> str:
    if isinstance(guess, tuple):
        return "; ".join(f"{height:g} at {at:g}" for at, height in zip(prediction.at, guess))
    if prediction.kind == "choice":
        return prediction.choices[int(guess)].says
    return f"map {int(guess) + 1}" if prediction.kind == "map" else f"{guess:g}"
