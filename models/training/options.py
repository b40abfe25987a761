"""The command line of every recipe."""

import argparse
from pathlib import Path

from models.checkpoints import DIRECTORY


def arguments(description: str | None) -> argparse.ArgumentParser:
    """--device, --steps, --batch and --out, as every recipe takes them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, help="fewer steps, to try a recipe out")
    parser.add_argument("--batch", type=int, help="fewer rows a step, to try a recipe out")
    parser.add_argument("--out", type=Path, default=DIRECTORY)
    return parser
