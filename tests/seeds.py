"""Holds entries at seeds that nobody chose: ``python -m tests.seeds ENTRY … [--seeds 60] [--breaks 20]``.

For every claim, break, symptom and matched control: the smallest, middle and largest value of its metric, the bound,
the spread (standard deviation between seeds) and the margin, which is how many spreads the middle value is from the
bound. A line is marked where a seed comes out wrong or the margin is under 2. The exit status is then 1.

An entry may be named by its id, and a chapter by ``attention/``. ``--first`` gives other seeds.
"""

import argparse
import math
import random
import statistics
import sys
from collections.abc import Iterator, Sequence

import torch

from glossary import reader
from glossary.condition import Condition
from glossary.schema import Entry
from tests.entries.evidence import Finding, Runs, findings

LARGEST_SEED = 2**31 - 1
LEAST_MARGIN = 2.0


def drawn_seeds(count: int, first: int = 0) -> list[int]:
    """Different seeds from the whole range that a page takes; the same ones each time."""
    return random.Random(f"seeds {first}").sample(range(LARGEST_SEED), count)


def margin(condition: Condition, values: Sequence[float]) -> tuple[float, float]:
    """The spread between seeds, and how many spreads the median is from the nearest bound: any where it is none."""
    if not all(map(math.isfinite, values)):
        return math.nan, math.inf
    spread = statistics.pstdev(values)
    bounds = [condition.bound, *([condition.low] if condition.above else [])]
    distance = min(abs(statistics.median(values) - bound) for bound in bounds)
    return spread, distance / spread if spread else math.inf


def line(found: Sequence[Finding], seeds: Sequence[int]) -> tuple[bool, str]:
    """Whether nothing is to be said against one statement over all seeds; and its line."""
    first, values = found[0], [one.value for one in found]
    spread, margins = margin(first.condition, values)
    wrong = [seed for seed, one in zip(seeds, found) if not one.right]
    test = f"{'' if first.wanted else 'not '}{first.condition.words}"
    told = (
        f"  {first.what:12} {first.condition.metric} {test}\n"
        f"  {'':12} min {min(values):.4g}  median {statistics.median(values):.4g}  max {max(values):.4g}"
        f"  spread {spread:.3g}  margin {margins:.1f}  right at {len(found) - len(wrong)} of {len(found)}"
    )
    if wrong:
        told += f"  WRONG at seed {', '.join(map(str, wrong[:5]))}"
    elif margins < LEAST_MARGIN:
        told += "  THIN"
    return not wrong and margins >= LEAST_MARGIN, told


def swept(entry: Entry, seeds: Sequence[int], breaks: int) -> Iterator[tuple[bool, str]]:
    """The lines of one entry; only the first ``breaks`` seeds run its breaks and controls."""
    collected: dict[str, list[Finding]] = {}
    for number, seed in enumerate(seeds):
        runs = Runs(entry)  # nothing is kept from seed to seed
        for one in findings(entry, runs.metrics(seed), breaks=number < breaks):
            collected.setdefault(one.what, []).append(one)
        print(f"\r{entry.slug}: {number + 1} of {len(seeds)} seeds", end="", file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr, flush=True)
    yield from (line(found, seeds) for found in collected.values())


def named(names: Sequence[str]) -> list[Entry]:
    """Entries by id or by chapter; raises KeyError for a name that is neither."""
    found: dict[str, Entry] = {}
    for name in names:
        chapter = [one for one in reader.entries().values() if name == f"{one.chapter}/"]
        found |= {one.slug: one for one in chapter or [reader.entries()[name]]}
    return list(found.values())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entries", nargs="+", metavar="ENTRY")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--breaks", type=int, default=20, help="how many of them also run breaks and controls")
    parser.add_argument("--first", type=int, default=0, help="another number gives other seeds")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    seeds, fine = drawn_seeds(chosen.seeds, chosen.first), True
    for entry in named(chosen.entries):
        print(entry.slug, flush=True)
        for good, told in swept(entry, seeds, chosen.breaks):
            fine = fine and good
            print(told, flush=True)
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
