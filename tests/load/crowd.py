"""What ``make load`` plays against a real server: thirty trainings at once, then a class for six minutes, then for ten.

Reported: errors and times by kind (p50, p95, p99), and memory, threads and open files before, during and after. The
class comes when every entry has run once, so that what grows is no model loaded late; it turns controls, opens entries,
trains, searches, guesses, and now and then closes a page in the middle of a run.
``--seconds`` shortens both classes; ``--people`` changes how many there are.
"""

import argparse
import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from glossary import reader
from models.real.folder import present
from tests.load.thirty_people import Server, everything, serving

PEOPLE = 30
TRAINING = ("auxiliary-load-balancing-loss", 600)
TURNED = ("softmax", "rope", "attention-mechanism", "router-network", "temperature", "sliding-window-attention")
LIGHT = "softmax"
READING, PUBLISHED = "attention-weights", "SmolLM2-135M"
"""A page whose model may be a published one, where it was fetched."""

FIRST_SECONDS, LIGHT_SECONDS, TOLD_SECONDS, TURN_P95_SECONDS, FLAT = 5.0, 1.0, 1.0, 2.0, 0.05
"""What is promised: first figures of thirty trainings, a light page meanwhile, a word for who waits; a turn; memory."""

THINK_SECONDS = (2.0, 8.0)
SETTLED_SECONDS, SAMPLE_SECONDS = 240.0, 2.0
"""From when on memory is expected to be flat; between two looks at it."""

SHARES = {"turn": 66, "open": 14, "train": 5, "search": 6, "predict": 5, "leave": 4}


@dataclass
class Log:
    """Seconds by kind, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    def timed(self, kind: str, act: Callable[[], Any]) -> None:
        started = time.perf_counter()
        try:
            act()
        except Exception as problem:
            self.errors.append(f"{kind}: {type(problem).__name__}: {problem}"[:200])
        else:
            self.times[kind].append(time.perf_counter() - started)

    def report(self) -> None:
        print(f"  {'seconds':12}{'number':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'worst':>8}")
        for kind, times in sorted(self.times.items()):
            row = "".join(f"{percentile(times, share):8.2f}" for share in (50, 95, 99))
            print(f"  {kind:12}{len(times):8}{row}{max(times):8.2f}")
        print(f"  errors {len(self.errors)}" + "".join(f"\n    {error}" for error in self.errors[:5]))


def percentile(times: list[float], share: int) -> float:
    return times[0] if len(times) == 1 else statistics.quantiles(times, n=100, method="inclusive")[share - 1]


class Sample(NamedTuple):
    after: float
    megabytes: float
    threads: int
    files: int


def sampled(server: Server, began: float) -> Sample:
    return Sample(time.monotonic() - began, server.resident() / 1e6, server.threads(), server.files())


def together(people: int, act: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=act, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def trainings(server: Server, people: int) -> bool:
    """Everybody starts a training of his own in the same moment; somebody else asks for a light page meanwhile."""
    return at_once(
        server,
        [opening(f"trains {number}", TRAINING[0], seed=1000 + number, steps=TRAINING[1]) for number in range(people)],
        f"{people} distinct trainings at once",
        FIRST_SECONDS,
    )


def readings(server: Server, people: int, model: str) -> bool:
    """Everybody has a published model read a sentence of his own in the same moment; it was opened once before, since
    reading its file takes a second of everybody's processor."""
    server.result(opening("opens it first", READING, model=quote(model)))
    sentences = [
        " ".join(f"page {number} of {people} lies open here".split()[: 4 + number % 4]) for number in range(people)
    ]
    return at_once(
        server,
        [
            opening(f"reads {number}", READING, model=quote(model), sentence=quote(sentence))
            for number, sentence in enumerate(sentences)
        ],
        f"{people} sentences at once for {model}",
        None,
    )


def at_once(server: Server, requests: list[dict[str, Any]], title: str, first_seconds: float | None) -> bool:
    """All requests in the same moment, and a light page every half second until they are done.

    ``first_seconds``: within which every first figure must be there; None where a place in the queue is enough.
    """
    log, done = Log(), threading.Event()

    def ask(number: int) -> None:
        started = time.perf_counter()
        told_at = first_at = None
        try:
            for told in server.told(requests[number]):
                now = time.perf_counter() - started
                if told["state"] in ("failed", "refused"):
                    raise RuntimeError(str(told["parts"].get("notices", told)))
                told_at = told_at or now
                if told["state"] in ("partial", "done"):
                    first_at = first_at or now
            log.times["told"].append(told_at or float("inf"))
            log.times["first figure"].append(first_at or float("inf"))
            log.times["whole"].append(time.perf_counter() - started)
        except Exception as problem:
            log.errors.append(f"{title}: {problem}"[:200])

    def look(_: int) -> None:
        seed = 0
        while not done.wait(0.5):
            seed += 1
            log.timed("light page", partial(server.result, opening(f"looks at {title}", LIGHT, seed=seed)))

    looking = threading.Thread(target=look, args=(0,))
    looking.start()
    together(len(requests), ask)
    done.set()
    looking.join()
    print(f"\n{title}")
    log.report()
    figure = "" if first_seconds is None else f"first figure ≤ {first_seconds:g} s, "
    return verdict(
        f"no failure, {figure}word ≤ {TOLD_SECONDS:g} s, light page ≤ {LIGHT_SECONDS:g} s",
        not log.errors
        and (first_seconds is None or max(log.times["first figure"]) <= first_seconds)
        and max(log.times["told"]) <= TOLD_SECONDS
        and max(log.times["light page"]) <= LIGHT_SECONDS,
    )


def opening(page: str, entry: str, **controls: object) -> dict[str, Any]:
    set_to = "".join(f"&{name}={value}" for name, value in controls.items())
    return {"page": page, "serial": time.monotonic_ns(), "query": f"?entry={entry}{set_to}"}


def lesson(server: Server, people: int, seconds: float) -> bool:
    """A class of mixed habits; memory, threads and files are looked at every two seconds."""
    log, began = Log(), time.monotonic()
    until = began + seconds
    samples = [sampled(server, began)]
    entries = list(reader.entries())

    def person(number: int) -> None:
        draw = random.Random(number)
        time.sleep(draw.uniform(0, THINK_SECONDS[1]))
        while time.monotonic() < until:
            kind = draw.choices(list(SHARES), list(SHARES.values()))[0]
            log.timed(kind, partial(ACTS[kind], server, f"person {number}", draw, entries))
            time.sleep(draw.uniform(*THINK_SECONDS))

    def watch() -> None:
        while time.monotonic() < until:
            time.sleep(min(SAMPLE_SECONDS, max(0.0, until - time.monotonic())))
            samples.append(sampled(server, began))

    watching = threading.Thread(target=watch)
    watching.start()
    together(people, person)
    watching.join()
    time.sleep(5)
    samples.append(sampled(server, began))
    print(f"\n{people} people for {seconds / 60:.1f} minutes")
    log.report()
    for name, sample in (("before", samples[0]), ("at the end", samples[-2]), ("5 s after", samples[-1])):
        print(f"  {name:12}{sample.megabytes:8.0f} MB{sample.threads:6} threads{sample.files:6} files")
    kept = verdict(
        f"no error, turn p95 ≤ {TURN_P95_SECONDS:g} s",
        not log.errors and percentile(log.times["turn"], 95) <= TURN_P95_SECONDS,
    )
    print(f"  highest     {max(sample.megabytes for sample in samples):8.0f} MB")
    settled = minutes(samples[:-1])
    if len(settled) < 2:
        print("  memory: too short to tell")
        return kept
    spread = (max(settled) - min(settled)) / statistics.mean(settled) / 2
    return verdict(f"memory flat after minute 4: ± {spread:.1%} (± {FLAT:.0%})", spread <= FLAT) and kept


def minutes(samples: list[Sample]) -> list[float]:
    """Median memory of each whole minute after the fourth, in MB.

    Single samples show which run is in progress, some of 100 MB: they differ by more than 5 % in a process that keeps
    nothing at all.
    """
    by_minute: dict[int, list[float]] = defaultdict(list)
    for sample in samples:
        if sample.after >= SETTLED_SECONDS:
            by_minute[int(sample.after // 60)].append(sample.megabytes)
    return [statistics.median(one) for one in by_minute.values() if len(one) >= 60 / SAMPLE_SECONDS / 2]


def _turn(server: Server, page: str, draw: random.Random, entries: list[str]) -> None:
    slug = draw.choice([one for one in TURNED if one in entries])
    values = {"seed": draw.randrange(1_000_000)}
    server.result({"page": page, "serial": time.monotonic_ns(), "entry": slug, "values": values})


def _open(server: Server, page: str, draw: random.Random, entries: list[str]) -> None:
    server.get("/")
    server.result(opening(page, draw.choice(entries)))


def _train(server: Server, page: str, draw: random.Random, entries: list[str]) -> None:
    server.result(opening(page, TRAINING[0], seed=draw.randrange(1_000_000), steps=TRAINING[1]))


def _leave(server: Server, page: str, draw: random.Random, entries: list[str]) -> None:
    told = server.told(opening(page, TRAINING[0], seed=draw.randrange(1_000_000), steps=TRAINING[1]))
    next(told)
    told.close()


def _search(server: Server, page: str, draw: random.Random, entries: list[str]) -> None:
    server.ask("search", draw.choice(entries)[: draw.randint(2, 6)]).read()


def _predict(server: Server, page: str, draw: random.Random, entries: list[str]) -> None:
    slug = draw.choice([one for one in entries if reader.entries()[one].live.predictions])
    server.ask("predict", {"entry": slug, "question": 1, "guess": 0}).read()


ACTS = {
    "turn": _turn,
    "open": _open,
    "train": _train,
    "leave": _leave,
    "search": _search,
    "predict": _predict,
}


def verdict(promise: str, kept: bool) -> bool:
    print(f"  {promise}  {'kept' if kept else 'BROKEN'}")
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seconds", type=float, nargs="*", default=[360.0, 600.0], help="of each class")
    asked = parser.parse_args()
    with serving() as server:
        kept = [trainings(server, asked.people)]
        kept += [readings(server, asked.people, model) for model in present() if model == PUBLISHED]
        print(f"\nmemory after every entry has run  {everything(server) / 1e6:.0f} MB", flush=True)
        kept += [lesson(server, asked.people, seconds) for seconds in asked.seconds]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
