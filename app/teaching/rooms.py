"""Where a class stands and what it guessed, in memory only: without names, bounded, gone when the server stops.

A room is whatever stands in the address as ``room``; everybody who opened the same link is in it. A page is known by
the random id that it drew when it was loaded, so that a changed guess replaces the old one. Where the page of a room's
host stands (question, revealed, broken claim), the others follow.
"""

import csv
import io
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hmac import compare_digest
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from app.teaching.class_session import ROOM
from app.teaching.invitation import invitation
from app.teaching.predictions import Guess, guessed
from app.teaching.questions import Question, find, find_by_key
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

HOST_AWAY = 150.0
"""Seconds without a word of the host after which nobody waits for it. A page in the background speaks once a minute."""

BINS, CURVES = 20, 40
"""Bars between the ends of a slider; hand-drawn curves that are shown, the newest."""


@dataclass(frozen=True)
class Standing:
    """Where the host's page is: the question's place, whether it is revealed, and the claim that is broken."""

    place: Mapping[str, Any]
    revealed: bool = False
    broken: int | None = None


class TurnedAway(Exception):
    """There is no place, or the room has another host; the message is for the reader."""


@dataclass
class _Page:
    address: str
    seen: float
    leads: bool = False


@dataclass
class _Room:
    opened_by: str
    seen: float
    host: str = ""
    pages: dict[str, _Page] = field(default_factory=dict)
    guesses: OrderedDict[str, dict[str, Guess]] = field(default_factory=OrderedDict)
    standing: Standing | None = None
    revealed: set[str] = field(default_factory=set)
    """Keys of the questions that the host has revealed."""

    def hosted(self, now: float) -> bool:
        return any(page.leads and now - page.seen <= HOST_AWAY for page in self.pages.values())

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
    standing: Standing | None = None
    """Where the host is; None while nobody leads."""
    revealed: bool = False
    """The host has revealed the question of this page."""


class Rooms:
    """Who is in which room, and what they guessed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, _Room] = {}
        self._lock = threading.Lock()

    def meet(
        self,
        name: str,
        page: str,
        question: str,
        guess: Guess | None = None,
        *,
        address: str = "",
        host: str = "",
        standing: Standing | None = None,
    ) -> Meeting:
        """A page is in the room, perhaps with a guess; the host's page is not counted and does not guess.

        ``host`` is a secret: who first brings one, into a room with a name that nobody else is in, leads the room for
        as long as it is kept, and its ``standing`` is where the class is. Raises TurnedAway where a room is full, or
        has a host with another secret.
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
            room.pages[page] = _Page(address, now, leads)
            guesses = self._guesses(room, question)
            if leads and standing is not None:
                room.standing = standing
                if standing.revealed:
                    room.revealed.add(question)
            elif guess is not None and not leads:
                guesses[page] = guess
            present = sum(now - one.seen <= AWAY for one in room.pages.values() if not one.leads)
            hosted = room.hosted(now)
            return Meeting(
                max(present, len(guesses)),
                list(guesses.values()),
                hosted,
                leads,
                room.standing if hosted else None,
                question in room.revealed,
            )

    def standing(self, name: str) -> Standing | None:
        """Where the host of a room is; None if nobody leads one of that name."""
        with self._lock:
            room = self._rooms.get(name)
            return room.standing if room and room.hosted(self._clock()) else None

    def kept(self, name: str, host: str) -> list[tuple[str, int, Guess]]:
        """Every guess of a room: key of the question, number of the page in the room, guess. Raises TurnedAway for
        anybody but the host."""
        with self._lock:
            room = self._rooms.get(name)
            if room is None or not room.host or not compare_digest(room.host.encode(), host.encode()):
                raise TurnedAway("Only the host of a room may save its guesses.")
            numbers = {page: number for number, page in enumerate(room.pages, 1)}
            return [
                (question, numbers[page], guess)
                for question, made in room.guesses.items()
                for page, guess in made.items()
            ]

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
    standing = Standing(question.place, sent.get("revealed") is True, _broken(question, sent.get("broken")))
    met = rooms.meet(
        room, page[:40], question.key, guess, address=address, host=host[:40], standing=standing if host else None
    )
    told: dict[str, Any] = {
        "present": met.present,
        "guesses": len(met.guesses),
        "hosted": met.hosted,
        "leads": met.leads,
    }
    told |= {"standing": met.standing and asdict(met.standing), "revealed": met.revealed}
    return told | tally(question.prediction, met.guesses)


def _broken(question: Question, sent: Any) -> int | None:
    return sent if type(sent) is int and 0 <= sent < len(question.entry.live.claims) else None


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


def serve(app: FastAPI, host: str = "127.0.0.1") -> None:
    """Adds the routes, apart from Gradio's: thirty pages ask for their room every two seconds.

    ``host`` is the address that the server listens at; it decides whom an invitation reaches.
    """
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

    @app.post(f"/{PATH}/join")
    async def join(request: Request) -> Response:
        code = str(await read_json(request))[:24].strip().lower()
        standing = rooms.standing(code)
        return JSONResponse("" if standing is None else "?" + urlencode({"class": 1, **standing.place, "room": code}))

    @app.post(f"/{PATH}/guesses")
    async def guesses(request: Request) -> Response:
        sent = await read_json(request)
        sent = sent if isinstance(sent, dict) else {}
        try:
            return Response(table(rooms.kept(str(sent.get("room")), str(sent.get("host")))), media_type="text/csv")
        except TurnedAway as refused:
            raise HTTPException(403, str(refused)) from refused

    @app.post(f"/{PATH}/invite")
    async def invite(request: Request) -> Response:
        invited = invitation(str(await read_json(request)), host)
        if invited is None:
            raise HTTPException(400, "That is no address of this page.")
        return JSONResponse(asdict(invited))
