"""Where a class stands and what it guessed, in memory only: without names, bounded, gone when the server stops.

A room is whatever stands in the address as ``room``; everybody who opened the same link is in it. A page is known by
the random id that it drew when it was loaded, so that a changed guess replaces the old one. Where the page of a room's
host stands (question, revealed, broken claim), the others follow.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, NamedTuple

from app.teaching.predictions import Guess

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
