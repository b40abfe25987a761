"""The command line as design and README promise it: exact JSON, and exit status 2 with one clear line for bad input."""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from glossary import reader

KEYS = [
    "entry",
    "experiment",
    "controls",
    "seed",
    "device",
    "seconds",
    "metrics",
    "claims",
    "figures",
    "badge",
    "parameters",
]


def test_list_names_every_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == list(reader.entries())
    assert all(list(row) == ["id", "title", "chapter", "level", "experiment"] for row in rows)


def test_list_one_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json", "--chapter", "foundations"]) == 0
    assert {row["chapter"] for row in json.loads(capsys.readouterr().out)} == {"foundations"}


def test_show_gives_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "softmax", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["definition"] == reader.entries()["softmax"].definition


def test_run_writes_the_promised_json_and_a_page_that_stands_alone(tmp_path: Path) -> None:
    data, page = tmp_path / "run.json", tmp_path / "run.html"
    assert main(["run", "softmax", "--set", "shift=5", "--seed", "3", "--json", str(data), "--html", str(page)]) == 0
    report = json.loads(data.read_text())
    assert list(report) == KEYS
    assert (report["seed"], report["controls"]["shift"], report["device"]) == (3, 5.0, "cpu")
    assert all(
        list(claim) == ["says", "metric", "value", "holds", "stated", "verdict", "kind"] for claim in report["claims"]
    )
    assert all(list(figure) == ["key", "title", "caption", "text", "plotly"] for figure in report["figures"])
    assert all(figure["plotly"]["data"] for figure in report["figures"])
    html = page.read_text()
    assert "Plotly.newPlot" in html
    assert "<script src=" not in html


def test_a_number_that_json_does_not_know_becomes_null(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "softmax", "--set", "form=naive", "--json", "-"]) == 0

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    report = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert report["claims"][0]["value"] is None
    assert report["claims"][0]["holds"] is False


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["run", "softmx"], "entry: no entry 'softmx'; nearest are softmax"),
        (["show", "softmx"], "entry: no entry 'softmx'"),
        (["run", "softmax", "--set", "shift=1e9"], "shift: takes a number from -150 to 150"),
        (["run", "softmax", "--set", "shift=nan"], "shift: takes a number from -150 to 150"),
        (["run", "softmax", "--set", "colour=red"], "colour: no such control"),
        (["run", "softmax", "--set", "shift"], "--set: takes name=value"),
        (["run", "softmax", "--set", "logits="], "logits: takes"),
        (["run", "softmax", "--set", "logits=<b>1</b>"], "logits: takes 2 to 12 numbers"),
        (["run", "softmax", "--seed", "1000000000000"], "seed: takes a whole number from 0 to 2147483647"),
        (["run", "softmax", "--json", "/no/such/folder/x.json"], "/no/such/folder/x.json: cannot be written"),
        (["list", "--chapter", "cooking"], "chapter: takes one of foundations"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert line in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "80000"], "1 to 65535"),
        (["serve", "--port", "0"], "1 to 65535"),
        (["--port", "x"], "--port"),
        (["--device", "abacus"], "--device"),
        (["--root-path", "models"], "--root-path"),
        (["--root-path", "/a b"], "--root-path"),
        (["lisst"], "COMMAND"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_one_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments)
    except SystemExit as left:
        status = int(str(left.code))
    said = capsys.readouterr()
    assert status == 2
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert named in said.err


def test_a_device_that_is_not_there_is_refused_before_an_address_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(SystemExit) as left:
        main(["serve", "--device", "cuda"])
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "this machine has (cpu" in said.err
    assert "Traceback" not in said.err
