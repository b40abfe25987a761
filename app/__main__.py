"""The command line: serve the page, list the entries, show the words of one, run one."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from glossary import reader
from glossary.schema import Entry

VERDICTS = {"held": "held  ", "failed": "FAILED", "does not apply": "does not apply:"}


class BadInput(Exception):
    """One clear line for the person at the keyboard; exit status 2."""


class _Parser(argparse.ArgumentParser):
    """Refuses in one line; ``--help`` has the rest."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        asked.act(asked)
    except BadInput as problem:
        print(f"{parser.prog}: {problem}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m app", description=__doc__)
    _serving(parser)
    parser.set_defaults(act=_serve)
    commands = parser.add_subparsers(metavar="COMMAND")

    serving = commands.add_parser("serve", help="serve the page (the default)")
    _serving(serving)
    serving.set_defaults(act=_serve)

    listing = commands.add_parser("list", help="the entries: id, title, chapter, level, experiment")
    listing.add_argument("--chapter", metavar="C", help="only this chapter")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(act=_list)

    showing = commands.add_parser("show", help="the words of an entry")
    showing.add_argument("entry", metavar="ENTRY")
    showing.add_argument("--json", action="store_true", help="as JSON")
    showing.set_defaults(act=_show)

    running = commands.add_parser("run", help="run an entry and check its claims")
    running.add_argument("entry", metavar="ENTRY")
    running.add_argument("--set", action="append", default=[], metavar="name=value", help="change a control")
    running.add_argument("--seed", metavar="N", help="the seed")
    running.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    running.add_argument("--json", metavar="FILE", help="write metrics, claims and figures; - for standard output")
    running.add_argument("--script", metavar="FILE", help="write a script that prints these numbers; - as above")
    running.add_argument("--html", metavar="FILE", help="write the figures as one page that needs nothing else")
    running.set_defaults(act=_run)

    new = commands.add_parser("new", help="begin a family of entries: its folder, words and a test, from templates")
    new.add_argument("family", metavar="CHAPTER/FAMILY")
    new.add_argument("entries", metavar="ENTRY", nargs="+")
    new.set_defaults(act=_new)

    cards = commands.add_parser("deck", help="questions and measured answers as cards, a line each")
    cards.add_argument("entries", metavar="ENTRY", nargs="*", help="these entries (default: all)")
    cards.set_defaults(act=_deck)

    real = commands.add_parser("real", help="fetch published models for the pages that read text")
    real.add_argument("names", metavar="NAME", nargs="*", help="only these (default: all that --list shows)")
    real.add_argument("--list", action="store_true", help="what is there, and what each would cost")
    real.add_argument("--hub", metavar="OWNER/NAME", help="a causal model from the hub instead; needs the hub extra")
    real.add_argument("--remove", action="store_true", help="take them away again")
    real.set_defaults(act=_real)
    return parser


def _serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--root-path", default="", metavar="/PATH", help="where a proxy that strips it shows the page")
    parser.add_argument("--frames", action="store_true", help="let pages of other sites show the page in a frame")


def _serve(asked: argparse.Namespace) -> None:
    if not 1 <= asked.port <= 65535:
        raise BadInput(f"--port: takes a number from 1 to 65535; you gave {asked.port}")
    root_path = asked.root_path.rstrip("/")
    if not re.fullmatch(r"(/[\w.~-]+)*", root_path, re.ASCII):
        raise BadInput(f"--root-path: takes a path like /models; you gave {asked.root_path!r}")
    from app.web.launch import missing_packages

    if missing := missing_packages():
        raise BadInput(f"{', '.join(missing)}: not installed; `make run` installs what is missing")
    from app.web.server import serve

    serve(asked.host, asked.port, asked.device, root_path=root_path, frames=asked.frames)


def _list(asked: argparse.Namespace) -> None:
    chapters = [chapter.slug for chapter in reader.chapters()]
    if asked.chapter is not None and asked.chapter not in chapters:
        raise BadInput(f"chapter: takes one of {', '.join(chapters)}; you gave {asked.chapter!r}")
    rows = [
        {
            "id": entry.slug,
            "title": entry.title,
            "chapter": entry.chapter,
            "level": entry.level,
            "experiment": entry.live.experiment,
        }
        for entry in reader.entries().values()
        if asked.chapter in (None, entry.chapter)
    ]
    if asked.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row['id']:36} {row['title']:44} {row['chapter']:16} {row['level']:13} {row['experiment']}")


def _entry(slug: str) -> Entry:
    try:
        return reader.entries()[slug]
    except KeyError:
        from glossary.search import nearest

        near = nearest(slug)
        hint = f"; nearest are {', '.join(near)}" if near else ""
        raise BadInput(f"entry: no entry {slug!r}{hint}") from None


def _show(asked: argparse.Namespace) -> None:
    entry = _entry(asked.entry)
    if asked.json:
        print(entry.model_dump_json(indent=1))
        return
    print(f"{entry.title} ({entry.level}; {entry.chapter})\n\n{entry.definition}\n\n{entry.purpose}")
    for text in (entry.fact_check, entry.details):
        if text:
            print(f"\n{text}")
    print("\nChecked by its run:")
    for claim in entry.live.claims:
        print(f"  - {claim.says} [{claim.holds}]")


def _run(asked: argparse.Namespace) -> None:
    from app.claims import bound, check
    from app.controls import parse
    from app.device import resolve
    from app.experiments import experiment
    from app.moments import RunFailed
    from app.runner import Runner

    entry = _entry(asked.entry)
    raw: dict[str, Any] = {}
    for change in asked.set:
        name, equals, value = change.partition("=")
        if not equals:
            raise BadInput(f"--set: takes name=value; you gave {change!r}")
        raw[name] = value
    if asked.seed is not None:
        raw["seed"] = asked.seed
    parsed = parse(experiment(entry.live.experiment).controls, raw, entry.live.preset)
    if parsed.problems:
        raise BadInput("; ".join(parsed.problems))
    try:
        with closing(Runner(resolve(asked.device))) as runner:
            run = runner.run(entry.live.experiment, parsed.controls)
    except (RunFailed, ValueError) as failed:
        raise BadInput(str(failed)) from failed
    claims = check(entry, run.metrics)
    if asked.json:
        from app.export.run_json import report

        _write(asked.json, report(entry, run))
    if asked.html:
        from app.export.html_report import whole

        _write(asked.html, whole(entry, run))
    if asked.script:
        from app.export.script import script

        _write(asked.script, script(entry, run.controls))
    if "-" not in (asked.json, asked.html, asked.script):
        from app.number_format import label, number

        for notice in run.notices:
            print(f"note: {notice}")
        for name, value in run.metrics.items():
            print(f"{label(name, run.labels):64} {number(value)}")
        for claim in claims:
            print(
                f"{VERDICTS[claim.verdict]} {claim.claim.says} ({number(claim.value)}; {bound(claim.claim.condition)})"
            )


def _new(asked: argparse.Namespace) -> None:
    from app.authoring import CannotWrite, write

    try:
        print(*write(asked.family, asked.entries), sep="\n")
    except CannotWrite as problem:
        raise BadInput(str(problem)) from problem


def _deck(asked: argparse.Namespace) -> None:
    from app.engine import Engine
    from app.export.flashcards import deck

    entries = [_entry(slug) for slug in asked.entries] or list(reader.entries().values())
    engine = Engine("cpu")
    engine.start()
    print(deck(entries, lambda entry, change: engine.run(entry, change).metrics), end="")


def _real(asked: argparse.Namespace) -> None:
    from app.real import command
    from app.real.fetch import FetchFailed
    from models.real.damaged import DamagedFile

    try:
        if asked.list:
            command.show()
        elif asked.remove:
            command.remove(asked.names)
        else:
            command.fetch_all(asked.names, asked.hub)
    except (FetchFailed, DamagedFile) as failed:
        raise BadInput(str(failed)) from failed


def _write(place: str, text: str) -> None:
    if place == "-":
        print(text)
        return
    target = Path(place).resolve()
    try:
        if target.exists() and not target.is_file():  # a pipe or a device
            target.write_text(text, encoding="utf-8")
            return
        unfinished = target.with_name(f"{target.name}.unfinished")  # a full disk leaves what was there before
        try:
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as problem:
        raise BadInput(f"{place}: cannot be written ({problem.strerror})") from problem


if __name__ == "__main__":
    sys.exit(main())
