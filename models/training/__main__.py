"""Trains checkpoints again, each after what it starts from: ``python -m models.training [NAME …]``.

All of them take hours on a CPU. Options (``--device cuda``, ``--out DIR``) are handed to every recipe; one that fails
is named at the end and stops none of the others.
"""

import argparse
import subprocess
import sys

from models.training.recipes import recipes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*recipes(), []], default=[], metavar="NAME")
    asked, options = parser.parse_known_args()
    commands = dict.fromkeys(
        recipe.command for name, recipe in recipes().items() if name in asked.names or not asked.names
    )
    failed = []
    for command in commands:
        module, *own = command.split()
        print(f"=== {command}", flush=True)
        if subprocess.run([sys.executable, "-m", f"models.training.{module}", *own, *options]).returncode:
            failed.append(command)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
