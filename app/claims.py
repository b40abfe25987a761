"""Holds an entry's claims against what a run measured."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.number_format import number
from glossary.condition import Condition
from glossary.schema import Claim, Entry

Verdict = Literal["held", "failed", "does not apply"]


@dataclass(frozen=True)
class Checked:
    """``claim`` as it stands for this run (``Claim.of``)."""

    place: int
    """Of the claim among those of its entry, counted from 0."""
    claim: Claim
    own_threshold: bool
    """Whether it is what the entry says of a published model."""
    value: float
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """``holds`` is null where the claim does not apply."""
        return {
            "says": self.claim.says,
            "metric": self.claim.condition.metric,
            "value": self.value,
            "holds": None if self.verdict == "does not apply" else self.verdict == "held",
            "stated": self.claim.stated.model_dump() if self.claim.stated else None,
            "verdict": self.verdict,
            "kind": self.claim.kind,
        }


def verdict(claim: Claim, metrics: Mapping[str, float]) -> Verdict:
    """“does not apply” where the run has nothing that the claim speaks of, or did not measure it.

    A published model is not asked the questions of the tiny world; what the claim says of one is judged in its place.
    """
    claim = claim.of(metrics)
    asked = Condition.parse(claim.applies) if claim.applies else claim.condition
    if not {asked.metric, claim.condition.metric} <= metrics.keys():
        return "does not apply"
    if claim.applies and not asked.holds(metrics):
        return "does not apply"
    return "held" if claim.condition.holds(metrics) else "failed"


def check(entry: Entry, metrics: Mapping[str, float]) -> list[Checked]:
    """One verdict for each claim, in the entry's order."""
    told = [(claim, claim.of(metrics)) for claim in entry.live.claims]
    return [
        Checked(place, now, now is not claim, metrics.get(now.condition.metric, math.nan), verdict(claim, metrics))
        for place, (claim, now) in enumerate(told)
    ]


def decided(entry: Entry, metrics: Mapping[str, float], done: bool) -> list[Checked]:
    """The verdicts that stand; while a model still trains (not ``done``), no claim has failed yet."""
    return [one for one in check(entry, metrics) if done or one.verdict != "failed"]


def bound(condition: Condition) -> str:
    """“below 1e−5”, “between 0.9 and 1”."""
    return re.sub(r"-?\d[\d.]*(?:e[-+]?\d+)?", lambda found: number(float(found[0])), condition.words)
