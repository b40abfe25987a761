"""The LSTMs of ``copying``, trained four times longer: ``python -m models.training.copying_longer``.

They show that what separates an LSTM from a machine with a memory is not the length of its training.
"""

import dataclasses
from functools import lru_cache

import torch

from models.recurrence.reader import Reader
from models.training import copying
from models.training.cells import Kind, all_trained, restored, shipped, tried
from models.training.copying import BATCH, LONGEST, LSTM_WIDTH, losses, lstm, measured
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import Made

NAME = "copying_longer"
LONGER = 4
PLAN = dataclasses.replace(copying.PLAN, steps=LONGER * copying.PLAN.steps)


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, [PLAN.steps])
    made = all_trained({"lstm": Kind(lstm, losses(options.batch or BATCH))}, plan, snapshots or [plan.steps])
    told = {
        "data": f"1 to {LONGEST} rows of random bits, fresh at every step",
        "architecture": {"lstm": LSTM_WIDTH},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=8)
def pretrained(kind: str, training: int, device: str = "cpu") -> Reader:
    """The LSTM of one training; share it."""
    return restored(NAME, kind, lstm, training).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(["lstm"], pretrained)))}


if __name__ == "__main__":
    main()
