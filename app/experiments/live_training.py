"""What trains while the reader watches: snapshots at even distances, handed on a few times a second."""

import time
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

PAUSE_SECONDS = 0.2
"""At least this long between two moments that a page is given: more would only delay the training."""

SNAPSHOTS = 12

S = TypeVar("S")


class Progress(NamedTuple, Generic[S]):
    """A training up to some step."""

    snapshots: list[S]  # the first before training
    taken: list[int]  # the step of each
    step: int  # done so far
    steps: int  # how many there will be

    @property
    def newest(self) -> S:
        return self.snapshots[-1]

    @property
    def done(self) -> bool:
        return self.step == self.steps

    @property
    def shown(self) -> list[S]:
        """What a figure steps through: the newest while training goes on, all of them when it is over."""
        return self.snapshots if self.done else self.snapshots[-1:]

    @property
    def shown_steps(self) -> list[int]:
        """The step of each snapshot in ``shown``."""
        return self.taken if self.done else self.taken[-1:]


def training(
    step: Callable[[], object], evaluate: Callable[[], S], steps: int, snapshots: int = SNAPSHOTS
) -> Iterator[Progress[S]]:
    """Calls ``step`` that many times, and ``evaluate`` before the first and after every ``snapshots``-th part.

    Gives the progress after the first step, then a few times a second, and at the end.
    """
    found, taken = [evaluate()], [0]
    given = -PAUSE_SECONDS
    for done in range(1, steps + 1):
        step()
        due = done * snapshots % steps < snapshots
        if due:
            found.append(evaluate())
            taken.append(done)
        if done == steps or ((due or done == 1) and time.perf_counter() - given > PAUSE_SECONDS):
            yield Progress(list(found), list(taken), done, steps)
            given = time.perf_counter()
