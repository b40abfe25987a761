"""The routes of a class: where its pages say what they guess, and the host where it stands."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from app.teaching.class_session import ROOM
from app.teaching.invitation import invitation
from app.teaching.predictions import guessed
from app.teaching.questions import Question, find
from app.teaching.rooms import Rooms, Standing, TurnedAway
from app.teaching.tally import table, tally
from app.web.doors import read_json
from app.web.static_files import PATH


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
