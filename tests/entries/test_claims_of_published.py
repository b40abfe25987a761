"""Only a published model’s run measures what a claim says of published models."""

import pytest

from glossary import reader
from glossary.condition import Condition
from tests.entries.evidence import runs_of

OWN = [
    (entry.slug, Condition.parse(claim.published.holds).metric)
    for entry in reader.entries().values()
    for claim in entry.live.claims
    if claim.published
]


@pytest.mark.parametrize(("slug", "metric"), OWN)
def test_the_tiny_world_is_not_judged_by_it(slug: str, metric: str) -> None:
    assert metric not in runs_of(slug)().metrics
