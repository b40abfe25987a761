"""The guesses of a class, in memory only: without names, bounded, gone when the server stops.

A room is whatever stands in the address as ``room``; everybody who opened the same link is in it. A page is known by
the random id that it drew when it was loaded, so that a changed guess replaces the old one.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, NamedTuple

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from app.teaching.class_session import ROOM
from app.teaching.predictions import Guess, guessed
from app.teaching.questions import find
from app.web.doors import read_json
from app.web.static_files import PATH
from glossary.schema import Prediction

ROOMS, QUESTIONS, PAGES = 64, 16, 150
"""The most that are kept: rooms, questions of a room, pages of a room. Who comes later is refused."""

ROOMS_OF_ADDRESS, PAGES_OF_ADDRESS = 8, 100
"""The most that one address may hold: rooms that it opened, pages in a room. A whole school may share one address."""

IDLE, IDLE_WITH_HOST, IDLE_PAGE = 15 * 60.0, 3 * 3600.0, 5 * 60.0
"""Seconds without a request after which others may have the place: of a room, of a room with a host, of a page."""

AWAY = 10.0
"""Seconds after which a page that no longer asks is not counted as present."""

BINS, CURVES = 20, 40
"""Bars between the ends of a slider; hand-drawn curves that are shown, the newest."""


class TurnedAway(Exception):
    """There is no place, or the room has another host; the message is for the reader."""


@dataclass
class _Page:
    address: str
    seen: float


@dataclass
class _Room:
    opened_by: str
    seen: float
    host: str = ""
    pages: dict[str, _Page] = field(default_factory=dict)
    guesses: OrderedDict[str, dict[str, Guess]] = field(default_factory=OrderedDict)

    def idle(self, now: float) -> bool:
        return now - self.seen > (IDLE_WITH_HOST if self.host else IDLE)

    def full_for(self, address: str) -> bool:
        here = sum(page.address == address for page in self.pages.values())
        return here >= PAGES_OF_ADDRESS or len(self.pages) >= PAGES

    def forget(self, page: str) -> None:
        del self.pages[page]
        for guesses in self.guesses.values():
            guesses.pop(page, None)


class Meeting(NamedTuple):
    """What a page is told of its room."""

    present: int
    guesses: list[Guess]
    hosted: bool
    """Somebody leads the room."""
    leads: bool
    """It is this page that does."""


class Rooms:
    """Who is in which room, and what they guessed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, _Room] = {}
        self._lock = threading.Lock()

    def meet(
        self, name: str, page: str, question: str, guess: Guess | None = None, *, address: str = "", host: str = ""
    ) -> Meeting:
        """A page is in the room, perhaps with a guess.

        ``host`` is a secret: who first brings one, into a room with a name that nobody else is in, leads the room for
        as long as it is kept. Raises TurnedAway where a room is full, or has a host with another secret.
        """
        now = self._clock()
        with self._lock:
            room = self._rooms.get(name) or self._opened(name, address, now)
            if page not in room.pages:
                self._admit(room, address, now)
            if host and name and not room.host and not room.pages.keys() - {page}:
                room.host = host
            leads = bool(host) and compare_digest(room.host.encode(), host.encode())
            if host and not leads:
                raise TurnedAway("This room has another host.")
            room.seen = now
            room.pages[page] = _Page(address, now)
            guesses = self._guesses(room, question)
            if guess is not None:
                guesses[page] = guess
            present = sum(now - one.seen <= AWAY for one in room.pages.values())
            return Meeting(max(present, len(guesses)), list(guesses.values()), bool(room.host), leads)

    def _opened(self, name: str, address: str, now: float) -> _Room:
        for idle in [one for one, room in self._rooms.items() if room.idle(now)]:
            del self._rooms[idle]
        if sum(room.opened_by == address for room in self._rooms.values()) >= ROOMS_OF_ADDRESS:
            raise TurnedAway("Too many classes were opened from here.")
        if len(self._rooms) >= ROOMS:
            raise TurnedAway("There are as many classes as this server holds. Try again later.")
        room = self._rooms[name] = _Room(address, now)
        return room

    def _admit(self, room: _Room, address: str, now: float) -> None:
        if room.full_for(address):
            for idle in [one for one, page in room.pages.items() if now - page.seen > IDLE_PAGE]:
                room.forget(idle)
        if room.full_for(address):
            raise TurnedAway("This class is full.")

    def _guesses(self, room: _Room, question: str) -> dict[str, Guess]:
        guesses = room.guesses.setdefault(question, {})
        room.guesses.move_to_end(question)
        while len(room.guesses) > QUESTIONS:
            room.guesses.popitem(last=False)
        return guesses


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


def answer(rooms: Rooms, sent: Any, address: str = "") -> dict[str, Any] | None:
    """What a page is told that says where it is and perhaps what it guesses; None if that makes no sense.

    Raises TurnedAway.
    """
    question = find(sent)
    if question is None:
        return None
    room, page, host = sent.get("room"), sent.get("page"), sent.get("host", "")
    if not isinstance(room, str) or not isinstance(page, str) or not isinstance(host, str) or not ROOM.fullmatch(room):
        return None
    guess = guessed(question.prediction, sent.get("guess"))
    met = rooms.meet(room, page[:40], question.key, guess, address=address, host=host[:40])
    told = {"present": met.present, "guesses": len(met.guesses), "hosted": met.hosted, "leads": met.leads}
    return told | tally(question.prediction, met.guesses)


def serve(app: FastAPI) -> None:
    """Adds the one route, apart from Gradio's: thirty pages ask it every two seconds."""
    rooms = Rooms()

    @app.post(f"/{PATH}/room")
    async def room(request: Request) -> Response:
        address = request.client.host if request.client else ""
        try:
            told = answer(rooms, await read_json(request), address)
        except TurnedAway as full:
            raise HTTPException(403, str(full)) from full
        if told is None:
            raise HTTPException(400, "That is no question of a class.")
        return JSONResponse(told)
