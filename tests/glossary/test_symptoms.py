"""A symptom says more than that the claim failed."""

import pytest

from glossary import reader
from glossary.condition import Condition
from glossary.schema import Entry


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_a_symptom_does_not_repeat_the_bound(entry: Entry) -> None:
    for claim in filter(lambda claim: claim.shows, entry.live.claims):
        holds, shows = claim.condition, Condition.parse(claim.shows)
        assert (holds.metric, holds.bound) != (shows.metric, shows.bound), claim.says
