"""Guesses of a class: counted, replaced, forgotten, and never more of them than there is room for."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.teaching import rooms as classroom
from app.teaching.rooms import AWAY, BINS, PAGES, QUESTIONS, ROOMS, Rooms, tally
from glossary import reader
from glossary.schema import Prediction

CHOICES = [{"says": "falls", "when": "x < 1"}, {"says": "stays", "when": "x >= 1"}]
SLIDER = Prediction(asks="?", metric="size", low=0, high=10)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_changed_guess_replaces_the_old_one() -> None:
    rooms = Rooms()
    rooms.meet("a", "page", "q", 1.0)
    assert rooms.meet("a", "page", "q", 2.0) == (1, [2.0])
    assert rooms.meet("a", "other", "q") == (2, [2.0])


def test_rooms_and_questions_know_nothing_of_each_other() -> None:
    rooms = Rooms()
    rooms.meet("a", "page", "q", 1.0)
    assert rooms.meet("b", "page", "q") == (1, [])
    assert rooms.meet("a", "page", "r") == (1, [])


def test_who_went_away_is_not_missed_and_the_guess_stays() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    rooms.meet("a", "one", "q", 1.0)
    rooms.meet("a", "two", "q")
    clock.now = AWAY + 1
    assert rooms.meet("a", "three", "q", 3.0) == (2, [1.0, 3.0])


def test_everything_is_bounded() -> None:
    rooms = Rooms()
    for page in range(PAGES + 5):
        present, guesses = rooms.meet("a", f"page {page}", "q", float(page))
    assert present == len(guesses) == PAGES
    for question in range(QUESTIONS):
        rooms.meet("a", "page", f"q{question}")
    assert rooms.meet("a", "page", "q")[1] == []
    rooms.meet("a", "page", "q", 1.0)
    for room in range(ROOMS):
        rooms.meet(f"room {room}", "page", "q")
    assert rooms.meet("a", "page", "q")[1] == []


def test_guesses_become_counts() -> None:
    assert tally(Prediction(asks="?", metric="size", choices=CHOICES), [1.0, 0.0, 1.0]) == {"counts": [1, 2]}
    counted = tally(SLIDER, [0.0, 10.0, 10.0, 5.1])["counts"]
    assert (counted[0], counted[-1], counted[BINS // 2], sum(counted)) == (1, 2, 1, 4)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    classroom.serve(app)
    return TestClient(app)


def test_a_page_is_told_what_the_room_guessed(client: TestClient) -> None:
    slug = next(iter(reader.lessons()))
    asked = {"lesson": slug, "part": 1, "room": "k3f9", "page": "p"}
    told = client.post("/modelarium/room", json=asked | {"guess": 1}).json()
    assert (told["present"], told["guesses"], told["counts"][1]) == (1, 1, 1)
    assert client.post("/modelarium/room", json=asked | {"page": "q"}).json()["present"] == 2


@pytest.mark.parametrize(
    "sent",
    [
        "nonsense",
        "[]",
        '{"entry": "rope"}',
        '{"entry": "rope", "question": 9, "room": "", "page": "p"}',
        '{"entry": "rope", "question": 1, "room": "<b>", "page": "p"}',
        '{"entry": "softmax", "question": 1, "room": "x", "page": "p", "guess": 1e999}',
        '{"entry": "softmax", "question": 1, "room": "x", "page": "p", "guess": 1' + "0" * 400 + "}",
        '{"lesson": "how-rope-turns", "part": true, "room": "", "page": []}',
    ],
)
def test_a_request_of_nonsense_is_refused(client: TestClient, sent: str) -> None:
    assert client.post("/modelarium/room", content=sent).status_code == 400


def test_a_long_request_is_not_read(client: TestClient) -> None:
    assert client.post("/modelarium/room", content=b" " * 70_000).status_code == 413


def test_a_guess_that_the_question_does_not_take_is_none(client: TestClient) -> None:
    for guess in (None, "1", True, 99):
        sent = {"entry": "softmax", "question": 1, "room": "x", "page": "p", "guess": guess}
        content = str(sent).replace("'", '"').replace("None", "null").replace("True", "true")
        assert client.post("/modelarium/room", content=content).json()["guesses"] == 0


def test_curves_are_kept_as_they_were_drawn() -> None:
    curve = Prediction(asks="?", metric="size", along="more", at=[0, 1, 2], low=0, high=10)
    assert tally(curve, [(1.0, 2.0, 3.0)])["curves"] == [(1.0, 2.0, 3.0)]
