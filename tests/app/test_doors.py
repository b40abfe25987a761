"""What the server lets in: six kinds of address, short questions in JSON, from its own page."""

import json
import logging
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.engine import Engine
from app.web.doors import LONGEST_BODY, policy
from app.web.page import inline_script
from app.web.server import application


@pytest.fixture(scope="module")
def client() -> TestClient:
    engine = Engine("cpu")
    engine.start()
    return TestClient(application(engine), raise_server_exceptions=True)


CLOSED = [
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/queue/data?session_hash=nobody"),
    ("GET", "/gradio_api/file=pyproject.toml"),
    ("GET", "/gradio_api/proxy=http://127.0.0.1/"),
    ("GET", "/monitoring"),
    ("GET", "/login_check"),
    ("GET", "/static/../../pyproject.toml"),
    ("GET", "/static/%2e%2e/%2e%2e/pyproject.toml"),
    ("GET", "/static/a%00b"),
    ("GET", "/modelarium/%00"),
    ("GET", "/%ED%A0%80"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/process_recording"),
    ("POST", "/gradio_api/component_server/"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/login"),
]


@pytest.mark.parametrize(("method", "address"), CLOSED)
def test_what_the_page_does_not_need_is_not_there(client: TestClient, method: str, address: str) -> None:
    assert client.request(method, address, json={} if method == "POST" else None).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(client: TestClient, method: str) -> None:
    assert client.request(method, "/").status_code == 405


def test_the_page_itself_is_there_compressed_and_with_its_rules(client: TestClient) -> None:
    page = client.get("/?entry=rope", headers={"accept-encoding": "br"})
    assert page.status_code == 200
    assert page.headers["content-encoding"] == "br"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    rules = policy(page.content, (inline_script().encode(),), framed=False)
    assert page.headers["content-security-policy"] == rules
    assert rules.count("sha256-") == 1 + len(re.findall(r"<script(?![^>]* src=)", page.text))
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].partition("script-src")[2].partition(";")[0]


def test_a_page_is_framed_only_where_it_is_one_figure_or_the_host_allows_it(client: TestClient) -> None:
    def framed(on: TestClient, address: str) -> bool:
        return "frame-ancestors 'self'" not in on.get(address).headers["content-security-policy"]

    assert not framed(client, "/?entry=rope")
    assert not framed(client, "/?entry=embed")
    assert framed(client, "/?entry=rope&embed=1")
    assert framed(TestClient(application(Engine("cpu"), frames=True)), "/?entry=rope")


def _ask(client: TestClient, content: Any, name: str = "search", **headers: str) -> int:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = {"content-type": "application/json"} | {key.replace("_", "-"): value for key, value in headers.items()}
    return client.post(f"/modelarium/{name}", content=body, headers=given).status_code


def test_a_question_comes_from_the_page_itself(client: TestClient) -> None:
    assert _ask(client, "rope") == 200
    assert _ask(client, "rope", origin="http://testserver") == 200
    assert _ask(client, "rope", origin="http://inside:80", x_forwarded_host="inside:80") == 200
    assert _ask(client, "rope", origin="http://elsewhere.example") == 403
    assert _ask(client, "rope", origin="null") == 403
    assert _ask(client, "rope", sec_fetch_site="cross-site") == 403
    assert _ask(client, "rope", content_type="text/plain") == 415


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 30_000 + b"]" * 30_000, 400),
        (b"[]" * 9, 400),
        (b"\xff\xfe", 400),
        (b'"\\ud800"', 400),
        (b'{"page": "\\udfff"}', 400),
        (b"1e999", 400),
        (b"NaN", 400),
        (b"9" * 5000, 400),
        (b"9" * 40, 400),
        (json.dumps([0] * 5000).encode(), 400),
        (json.dumps({str(key): 1 for key in range(5000)}).encode(), 400),
        (json.dumps("x" * LONGEST_BODY).encode(), 413),
    ],
)
@pytest.mark.parametrize("name", ["ask", "search", "predict", "maps", "taken", "trace", "room"])
def test_odd_questions_are_refused_with_a_word(client: TestClient, name: str, body: bytes, status: int) -> None:
    answer = client.post(f"/modelarium/{name}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert len(answer.text) > 10


def test_a_long_question_without_a_length_is_not_read_to_its_end(client: TestClient) -> None:
    def pieces() -> Any:
        for _ in range(100):
            yield b"[" * 10_000

    sent = client.post("/modelarium/ask", content=pieces(), headers={"content-type": "application/json"})
    assert sent.status_code == 413


NONSENSE = (
    None,
    True,
    7,
    "x",
    [],
    {},
    [{}],
    {"entry": []},
    {"query": "?entry=%ED%A0%80"},
    {"query": "?entry=rope&x=%00"},
)


@pytest.mark.parametrize("name", ["ask", "stop", "search", "predict", "maps", "taken", "trace"])
def test_nonsense_is_answered_without_an_error(client: TestClient, name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for sent in NONSENSE:
            assert _ask(client, sent, name) == 200, sent
    assert not caplog.records
