"""A ring of devices simulated event by event: each computes when it has its block, and sends when its link is free.

Paper: Liu, Zaharia & Abbeel 2023, "Ring Attention with Blockwise Transformers for Near-Infinite Context", section 3.
No device waits for another at the end of a round; it waits only for its next block.
"""

from collections.abc import Sequence
from typing import NamedTuple

from models.attention.ring import Turn


class Activity(NamedTuple):
    """Seconds from ``start`` to ``end`` in which a device computes with a block or sends it."""

    device: int
    block: int
    start: float
    end: float


class Timeline(NamedTuple):
    computing: list[Activity]
    sending: list[Activity]

    @property
    def seconds(self) -> float:
        """Until the last device has computed."""
        return max(one.end for one in self.computing)

    def busy(self, device: int) -> float:
        """Seconds in which a device computes."""
        return sum(one.end - one.start for one in self.computing if one.device == device)


def timeline(turns: Sequence[Sequence[Turn]], pair_seconds: float, send_seconds: float, overlapped: bool) -> Timeline:
    """What the devices did in ``turns``, in time. Not ``overlapped``, a block is sent only after it was computed."""
    P = len(turns[0])
    arrived, done, link = [0.0] * P, [0.0] * P, [0.0] * P
    found = Timeline([], [])
    for number, turn in enumerate(turns):
        next_arrived = [0.0] * P
        for one in turn:
            i = one.holder
            start = max(done[i], arrived[i])
            done[i] = start + pair_seconds * one.pairs
            found.computing.append(Activity(i, one.origin, start, done[i]))
            if number + 1 < len(turns):
                send = max(arrived[i] if overlapped else done[i], link[i])
                link[i] = next_arrived[(i + 1) % P] = send + send_seconds
                found.sending.append(Activity(i, one.origin, send, link[i]))
        arrived = next_arrived
    return found
