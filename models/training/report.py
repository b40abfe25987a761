"""What every checkpoint can do now, beside what its card says: ``python -m models.training.report [NAME …]``.

Everything is measured again on held-out data; the skills are summed up at the end. A checkpoint that is missing or
damaged is named with the command that makes it; the exit status is then 1.
"""

import argparse
import sys

import torch

from models.checkpoints import DIRECTORY, CheckpointError, load_card
from models.training import skills
from models.training.recipes import Metrics, recipes

WIDTH = 46
SPREAD = 0.03
"""By how much a metric may differ on another machine, absolutely or as a share of itself: sums round differently."""


def agrees(now: float, told: float) -> bool:
    """Within the spread."""
    return abs(now - told) <= SPREAD * max(1.0, abs(told))


def table(name: str, measured: Metrics) -> str:
    """A checkpoint's numbers, one a line: now, on its card, and a mark where they disagree."""
    card = load_card(name)
    size = (DIRECTORY / f"{name}.safetensors").stat().st_size / 1e6
    made = f"{card['steps']} steps" + (f" in {card['seconds']} s" if "seconds" in card else "")
    head = f"{name}   {card['parameters']:,} parameters, {size:.2f} MB, {made}"
    lines = [head, f"  {'':{WIDTH}} {'now':>9} {'card':>9}"]
    for metric, now in measured.items():
        told = card["metrics"].get(metric)
        beside = "        –" if told is None else f"{told:9.3f}"
        mark = "" if told is None or agrees(now, told) else "  differs"
        lines.append(f"  {metric:{WIDTH}} {now:9.3f} {beside}{mark}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*recipes(), []], default=[], metavar="NAME")
    names = parser.parse_args().names or list(recipes())
    measured: dict[str, Metrics] = {}
    torch.set_num_threads(1)
    for name in names:
        try:
            measured[name] = recipes()[name].made.measured()
            print(table(name, measured[name]), end="\n\n", flush=True)
        except CheckpointError as error:
            print(f"{name}   {error}", end="\n\n", flush=True)
    print(*skills.lines(measured), "", sep="\n")
    total = sum(path.stat().st_size for path in DIRECTORY.glob("*.safetensors")) / 1e6
    print(f"{len(measured)} of {len(names)} checkpoints measured; {total:.1f} MB of weights in all")
    return int(len(measured) < len(names))


if __name__ == "__main__":
    sys.exit(main())
