"""What the server gives before and beside the page: nothing heavy at first, nothing of ours in the open."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import binding
from app.engine import Engine, Turns
from app.web.components import FILES
from app.web.page import build, head
from app.web.request import Asked
from app.web.responses import ENDED, Answers
from app.web.server import application, serve
from app.web.static_files import katex
from glossary import reader

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "plotly", "sklearn", "tokenizers")


def test_the_first_page_waits_for_no_heavy_import() -> None:
    script = (
        "import sys; from app.engine import Engine; from app.web.server import application; application(Engine());"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_first_optimiser_and_the_index_of_the_search_are_ready_before_they_are_wanted_and_after_a_first_result() -> (
    None
):
    script = (
        "import sys, time; from app.engine import Engine; from glossary import reader, search;"
        "engine = Engine('cpu'); engine.start(); engine.run(reader.entries()['softmax'], {});"
        "late = lambda: ('torch._dynamo' in sys.modules, search._index.cache_info().currsize); print(late());"
        "until = time.monotonic() + 60;\n"
        "while late() != (True, 1) and time.monotonic() < until: time.sleep(0.1)\n"
        "print(late())"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:2] == ["(False, 0)", "(True, 1)"]


def test_no_handler_is_public() -> None:
    page = build()
    assert not page.fns
    assert page.get_api_info()["named_endpoints"] == {}


def test_gradio_leaves_no_stub_files_beside_ours() -> None:
    build()
    assert list((ROOT / "app").rglob("*.pyi")) == []


def test_our_files_are_compressed_once_and_never_change() -> None:
    app = FastAPI()
    FILES.serve(app)
    client = TestClient(app)
    for name in (FILES.plotly, FILES.address("css/page.css"), FILES.address("js/wire.js")):
        got = client.get(f"/{name}", headers={"accept-encoding": "br"})
        assert got.status_code == 200
        assert got.headers["content-encoding"] == "br"
        assert "immutable" in got.headers["cache-control"]
    plain = client.get(f"/{FILES.address('js/wire.js')}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert client.get(f"/{FILES.folder}/css/none.css").status_code == 404
    assert client.get(f"/{FILES.folder}/../pyproject.toml").status_code == 404


def test_katex_is_where_this_gradio_keeps_it() -> None:
    client = TestClient(application(Engine()))
    for address in katex():
        assert client.get(f"/{address}").status_code == 200
    module = client.get(f"/{katex()[0]}").text
    assert "export{" in module
    assert "as default" in module


def test_the_page_names_no_other_host() -> None:
    ours = [path for kind in ("css", "js", "lazy") for path in (ROOT / "assets" / kind).rglob("*.*")]
    for text in [head(), *(path.read_text() for path in ours)]:
        assert "https://" not in text
        assert "http://" not in re.sub(r"http://www.w3.org/(2000/svg|1999/xlink)", "", text)


def test_a_request_of_nonsense_is_read_as_nothing() -> None:
    for sent in (
        None,
        [],
        "x",
        {"entry": 3, "values": [], "serial": "1", "query": 5},
        json.loads('{"values": {"a": NaN}}'),
    ):
        asked = Asked.read(sent)
        assert asked.entry is None
        assert asked.query is None
        assert asked.serial == 0


def test_the_newest_request_of_a_page_is_current() -> None:
    turns = Turns()
    turns.begin("one", 1)
    turns.begin("two", 1)
    turns.begin("one", 2)
    assert not turns.current("one", 1)
    assert turns.current("one", 2)
    turns.end("one", 1)
    assert turns.current("one", 2)
    turns.stop("one")
    assert not turns.current("one", 2)
    assert turns.current("two", 1)


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as left:
            serve("127.0.0.1", port, "cpu")
    assert left.value.code == 2
    assert f"127.0.0.1:{port} cannot be used" in capsys.readouterr().err


def last_message(engine: Engine, query: str) -> dict[str, Any]:
    stream, last = Answers(engine).stream({"page": "p", "serial": 1, "query": query}), ""
    while (text := stream.next()) is not ENDED:
        last = text or last
    return json.loads(last)


def test_an_entry_that_does_not_fit_the_code_is_a_message_on_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine("cpu")
    engine.start()
    wrong = reader.entries()["rope"].model_copy(update={"cite": ["nobody1900#1"]})
    found = {**reader.entries(), "rope": wrong}
    monkeypatch.setattr(reader, "entries", lambda: found)
    binding.bound.cache_clear()
    told = last_message(engine, "?entry=rope")
    assert told["state"] == "failed"
    assert "nobody1900#1" in told["parts"]["notices"]
    assert last_message(engine, "?entry=softmax")["state"] == "done"
    binding.bound.cache_clear()


def test_an_unknown_device_is_named() -> None:
    engine = Engine("abacus")
    engine.start()
    with pytest.raises(RuntimeError, match="device: takes auto or one that this machine has"):
        engine.parse(next(iter(reader.entries().values())), {})
