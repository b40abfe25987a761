"""Holds an entry's claims against what a run measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glossary.schema import Claim, Entry


@dataclass(frozen=True)
class Checked:
    claim: Claim
    value: float
    holds: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "says": self.claim.says,
            "metric": self.claim.condition.metric,
            "value": self.value,
            "holds": self.holds,
            "stated": self.claim.stated.model_dump() if self.claim.stated else None,
        }


def check(entry: Entry, metrics: Mapping[str, float]) -> list[Checked]:
    """One verdict a claim, in the entry's order."""
    return [
        Checked(claim, metrics[claim.condition.metric], claim.condition.holds(metrics)) for claim in entry.live.claims
    ]
