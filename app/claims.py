"""Holds an entry's claims against what a run measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from glossary.condition import Condition
from glossary.schema import Claim, Entry

Verdict = Literal["held", "failed", "does not apply"]


@dataclass(frozen=True)
class Checked:
    claim: Claim
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
    """“does not apply” where the run has nothing that the claim speaks of."""
    if claim.applies and not Condition.parse(claim.applies).holds(metrics):
        return "does not apply"
    return "held" if claim.condition.holds(metrics) else "failed"


def check(entry: Entry, metrics: Mapping[str, float]) -> list[Checked]:
    """One verdict for each claim, in the entry's order."""
    return [Checked(claim, metrics[claim.condition.metric], verdict(claim, metrics)) for claim in entry.live.claims]
