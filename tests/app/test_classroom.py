"""Guesses of a class: counted, replaced, forgotten, and never more of them than there is room for."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.teaching import class_routes
from app.teaching.invitation import for_others, invitation, is_own_machine
from app.teaching.rooms import (
    AWAY,
    HOST_AWAY,
    IDLE,
    IDLE_PAGE,
    PAGES,
    PAGES_OF_ADDRESS,
    QUESTIONS,
    ROOMS,
    ROOMS_OF_ADDRESS,
    Rooms,
    Standing,
    TurnedAway,
)
from app.teaching.tally import BINS, table, tally
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
    assert rooms.meet("a", "page", "q", 2.0)[:2] == (1, [2.0])
    assert rooms.meet("a", "other", "q")[:2] == (2, [2.0])


def test_rooms_and_questions_know_nothing_of_each_other() -> None:
    rooms = Rooms()
    rooms.meet("a", "page", "q", 1.0)
    assert rooms.meet("b", "page", "q")[:2] == (1, [])
    assert rooms.meet("a", "page", "r")[:2] == (1, [])


def test_who_went_away_is_not_missed_and_the_guess_stays() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    rooms.meet("a", "one", "q", 1.0)
    rooms.meet("a", "two", "q")
    clock.now = AWAY + 1
    assert rooms.meet("a", "three", "q", 3.0)[:2] == (2, [1.0, 3.0])


def filled(rooms: Rooms, room: str, pages: int) -> None:
    """Pages of a room, as many from one address as it may hold."""
    for number in range(pages):
        rooms.meet(room, f"page {number}", "q", float(number), address=f"address {number // PAGES_OF_ADDRESS}")


def test_made_up_pages_replace_no_guess_and_are_turned_away() -> None:
    rooms = Rooms()
    filled(rooms, "a", PAGES)
    with pytest.raises(TurnedAway, match="full"):
        rooms.meet("a", "another", "q", 9.0, address="elsewhere")
    assert len(rooms.meet("a", "page 0", "q").guesses) == PAGES


def test_one_address_cannot_fill_a_room_or_the_server() -> None:
    rooms = Rooms()
    filled(rooms, "a", PAGES_OF_ADDRESS)
    with pytest.raises(TurnedAway):
        rooms.meet("a", "another", "q", address="address 0")
    rooms.meet("a", "another", "q", address="elsewhere")
    for number in range(ROOMS_OF_ADDRESS):
        rooms.meet(f"room {number}", "page", "q", address="greedy")
    with pytest.raises(TurnedAway, match="from here"):
        rooms.meet("one more", "page", "q", address="greedy")
    rooms.meet("one more", "page", "q", address="modest")


def test_a_room_in_use_stays_and_an_idle_one_makes_place() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    rooms.meet("idle", "page", "q", 1.0, address="first")
    clock.now = IDLE
    for number in range(ROOMS - 1):
        rooms.meet(f"room {number}", "page", "q", 1.0, address=f"address {number}")
    with pytest.raises(TurnedAway, match="as many classes"):
        rooms.meet("newcomer", "page", "q", address="new")
    clock.now = IDLE + 1
    assert rooms.meet("newcomer", "page", "q", address="new").present == 1
    assert rooms.meet("room 0", "other", "q").guesses == [1.0]


def test_pages_that_left_long_ago_make_place() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    filled(rooms, "a", PAGES)
    clock.now = IDLE_PAGE + 1
    assert rooms.meet("a", "another", "q", 9.0, address="elsewhere")[:2] == (1, [9.0])


def test_questions_of_a_room_are_bounded() -> None:
    rooms = Rooms()
    rooms.meet("a", "page", "q", 1.0)
    for question in range(QUESTIONS):
        rooms.meet("a", "page", f"q{question}")
    assert rooms.meet("a", "page", "q").guesses == []


def test_a_room_is_led_by_who_opened_it_and_by_nobody_who_guesses_its_name() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    assert rooms.meet("a", "teacher", "q", host="secret")[2:4] == (True, True)
    assert rooms.meet("a", "pupil", "q")[2:4] == (True, False)
    for secret in ("guessed", "secre", "secrets"):
        with pytest.raises(TurnedAway, match="another host"):
            rooms.meet("a", "thief", "q", host=secret)
    clock.now = 2 * IDLE
    rooms.meet("another", "page", "q")  # a room without a host would be gone by now
    assert rooms.meet("a", "teacher's other page", "q", host="secret").leads


def test_a_room_in_which_others_are_cannot_be_taken_over() -> None:
    rooms = Rooms()
    rooms.meet("a", "pupil", "q")
    with pytest.raises(TurnedAway):
        rooms.meet("a", "thief", "q", host="secret")
    with pytest.raises(TurnedAway):
        rooms.meet("", "thief", "q", host="secret")
    assert rooms.meet("a", "pupil", "q")[2:4] == (False, False)


def test_the_host_stands_where_the_class_is_and_is_no_guesser() -> None:
    clock = Clock()
    rooms = Rooms(clock)
    first, second = Standing({"part": 1}), Standing({"part": 1}, revealed=True, broken=0)
    assert rooms.meet("a", "teacher", "q", 1.0, host="secret", standing=first)[:2] == (0, [])
    met = rooms.meet("a", "pupil", "q", 2.0)
    assert (met.present, met.guesses, met.standing, met.revealed) == (1, [2.0], first, False)
    rooms.meet("a", "teacher", "q", host="secret", standing=second)
    met = rooms.meet("a", "pupil", "q", standing=Standing({"part": 9}))
    assert (met.standing, met.revealed) == (second, True)
    assert not rooms.meet("a", "pupil", "r").revealed
    assert rooms.standing("a") == second
    clock.now = HOST_AWAY + 1
    met = rooms.meet("a", "pupil", "q")
    assert (met.hosted, met.standing, rooms.standing("a")) == (False, None, None)


def test_only_the_host_saves_the_guesses() -> None:
    rooms = Rooms()
    rooms.meet("a", "teacher", "rope/1", host="secret")
    rooms.meet("a", "pupil", "rope/1", 1.0)
    for secret in ("", "guessed"):
        with pytest.raises(TurnedAway, match="Only the host"):
            rooms.kept("a", secret)
    assert rooms.kept("a", "secret") == [("rope/1", 2, 1.0)]
    lines = table(rooms.kept("a", "secret")).splitlines()
    assert lines[0] == "question,asks,page,guess,unit"
    asked = reader.entries()["rope"].live.predictions[0].asks
    assert lines[1].startswith("rope/1,")
    assert asked.split(",")[0] in lines[1]


def test_an_invitation_leads_others_to_the_page() -> None:
    assert is_own_machine("127.0.0.1")
    assert is_own_machine("[::1]")
    assert not is_own_machine("bench.example")
    assert for_others("127.0.0.1") == ""
    assert for_others("10.0.0.7") == "10.0.0.7"
    invited = invitation("http://localhost:7860/?class=1&lesson=x&room=abcd", "10.0.0.7")
    assert invited
    assert invited.address == "http://10.0.0.7:7860/?class=1&lesson=x&room=abcd"
    assert invited.qr.startswith("<svg")
    shut = invitation("http://localhost:7860/?class=1", "127.0.0.1")
    assert shut
    assert (shut.address, shut.qr) == ("", "")
    assert "--host 0.0.0.0" in shut.note
    assert invitation("javascript:alert(1)", "127.0.0.1") is None


def test_guesses_become_counts() -> None:
    assert tally(Prediction(asks="?", metric="size", choices=CHOICES), [1.0, 0.0, 1.0]) == {"counts": [1, 2]}
    counted = tally(SLIDER, [0.0, 10.0, 10.0, 5.1])["counts"]
    assert (counted[0], counted[-1], counted[BINS // 2], sum(counted)) == (1, 2, 1, 4)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    class_routes.serve(app)
    return TestClient(app)


def test_a_page_is_told_what_the_room_guessed(client: TestClient) -> None:
    slug = next(iter(reader.lessons()))
    asked = {"lesson": slug, "part": 1, "room": "k3f9", "page": "p"}
    told = client.post("/modelarium/room", json=asked | {"guess": 1}).json()
    assert (told["present"], told["guesses"], told["counts"][1]) == (1, 1, 1)
    assert client.post("/modelarium/room", json=asked | {"page": "q"}).json()["present"] == 2


def test_a_code_leads_to_where_its_teacher_is(client: TestClient) -> None:
    slug = next(iter(reader.lessons()))
    asked = {"lesson": slug, "part": 2, "room": "abcd", "page": "t", "host": "secret"}
    assert client.post("/modelarium/join", json="abcd").json() == ""
    assert client.post("/modelarium/room", json=asked | {"revealed": True, "broken": 1}).json()["leads"]
    assert client.post("/modelarium/join", json=" ABCD ").json() == f"?class=1&lesson={slug}&part=2&room=abcd"
    told = client.post("/modelarium/room", json=asked | {"page": "p", "host": "", "broken": 0}).json()
    place = {"lesson": slug, "part": 2}
    assert (told["standing"], told["revealed"]) == ({"place": place, "revealed": True, "broken": 1}, True)
    assert client.post("/modelarium/guesses", json={"room": "abcd", "host": "no"}).status_code == 403
    assert client.post("/modelarium/guesses", json={"room": "abcd", "host": "secret"}).text.startswith("question,asks")


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
