"""Pairs worth a look: an entry beside others that measure the same, and beside itself with a claim broken."""

from dataclasses import dataclass

from app.web.permalink import as_text, write_pair
from glossary import reader
from glossary.schema import Claim, Entry

MOST = 5


@dataclass(frozen=True)
class Suggestion:
    """What the entry is to stand beside, in words, and the address of the pair."""

    beside: str
    query: str


def suggestions(entry: Entry) -> list[Suggestion]:
    """Entries that share a measure first, variants before others; then the entry's own broken claims."""
    published = reader.entries()
    related = [slug for slug in entry.variants if slug in published]
    related += [slug for slug, other in published.items() if entry.slug in other.variants]
    related += [slug for slug, other in published.items() if other.live.experiment == entry.live.experiment]
    beside = [
        Suggestion(published[slug].title, write_pair(entry.slug, {}, slug, {}))
        for slug in dict.fromkeys(related)
        if slug != entry.slug and share_a_measure(entry, published[slug])
    ]
    broken = {one.query: one for one in (_broken(entry, claim) for claim in entry.live.claims)}
    return (beside[: MOST - 1] + list(broken.values()))[:MOST]


def share_a_measure(one: Entry, other: Entry) -> bool:
    """Whether both have numbers to set beside each other: one experiment, or a metric that both speak of."""
    return one.live.experiment == other.live.experiment or bool(_measures(one) & _measures(other))


def _measures(entry: Entry) -> set[str]:
    live = entry.live
    return {claim.condition.metric for claim in live.claims} | {one.metric for one in live.predictions} - {""}


def _broken(entry: Entry, claim: Claim) -> Suggestion:
    change = {name: as_text(value) for name, value in claim.fails_for.items()}
    return Suggestion(claim.switch, write_pair(entry.slug, {}, entry.slug, change))
