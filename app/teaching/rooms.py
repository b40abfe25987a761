"""The guesses of a class, in memory only: without names, bounded, gone when the server stops.

A room is whatever stands in the address as ``room``; everybody who opened the same link is in it. A page is known by
the random id that it drew when it was loaded, so that a changed guess replaces the old one.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from app.teaching.class_session import ROOM
from app.teaching.predictions import Guess, guessed
from app.teaching.questions import find
from app.web.doors import read_json
from app.web.static_files import PATH
from glossary.schema import Prediction

ROOMS, QUESTIONS, PAGES = 64, 16, 150
"""The most that are kept: rooms, questions of a room, pages of a room. What was longest unused goes first."""

AWAY = 10.0
"""Seconds after which a page that no longer asks is not counted as present."""

BINS, CURVES = 20, 40
"""Bars between the ends of a slider; hand-drawn curves that are shown, the newest."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass
class _Room:
    seen: OrderedDict[str, float] = field(default_factory=OrderedDict)
    guesses: OrderedDict[str, OrderedDict[str, Guess]] = field(default_factory=OrderedDict)


class Rooms:
    """Who is in which room, and what they guessed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: OrderedDict[str, _Room] = OrderedDict()
        self._lock = threading.Lock()

    def meet(self, room: str, page: str, question: str, guess: Guess | None = None) -> tuple[int, list[Guess]]:
        """A page is in the room, perhaps with a guess: how many are present, and all guesses."""
        now = self._clock()
        with self._lock:
            here = _newest(self._rooms, room, _Room(), ROOMS)
            here.seen.pop(page, None)
            _newest(here.seen, page, now, PAGES)
            guesses = _newest(here.guesses, question, OrderedDict(), QUESTIONS)
            if guess is not None:
                guesses.pop(page, None)
                _newest(guesses, page, guess, PAGES)
            present = sum(now - seen <= AWAY for seen in here.seen.values())
            return max(present, len(guesses)), list(guesses.values())


def _newest(kept: OrderedDict[K, V], key: K, fresh: V, most: int) -> V:
    """The value of the key, a fresh one if there is none, moved to the end; the oldest go when there are too many."""
    value = kept.setdefault(key, fresh)
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return value


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


def answer(rooms: Rooms, sent: Any) -> dict[str, Any] | None:
    """What a page is told that says where it is and perhaps what it guesses; None if that makes no sense."""
    question = find(sent)
    if question is None:
        return None
    room, page = sent.get("room"), sent.get("page")
    if not isinstance(room, str) or not isinstance(page, str) or not ROOM.fullmatch(room):
        return None
    guess = guessed(question.prediction, sent.get("guess"))
    present, guesses = rooms.meet(room, page[:40], question.key, guess)
    return {"present": present, "guesses": len(guesses), **tally(question.prediction, guesses)}


def serve(app: FastAPI) -> None:
    """Adds the one route, apart from Gradio's: thirty pages ask it every two seconds."""
    rooms = Rooms()

    @app.post(f"/{PATH}/room")
    async def room(request: Request) -> Response:
        told = answer(rooms, await read_json(request))
        return Response(status_code=400) if told is None else JSONResponse(told)
