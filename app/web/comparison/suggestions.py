"""Pairs worth a look: an entry beside others that measure the same, and beside itself with a claim broken."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from app.web.permalink import as_text, write_pair
from glossary import reader
from glossary.schema import Claim, Entry
from glossary.shared_measures import partners

MOST = 5


@dataclass(frozen=True)
class Suggestion:
    """What the entry is to stand beside, in words, and the address of the pair."""

    beside: str
    query: str


def suggestions(entry: Entry) -> Iterator[Suggestion]:
    """Entries of a declared measure first, then others that share one, variants before them; then broken claims."""
    beside = islice(chain(_declared(entry), _beside(entry)), MOST - 1)
    broken = {one.query: one for one in (_broken(entry, claim) for claim in entry.live.claims)}
    yield from islice(chain(beside, broken.values()), MOST)


def _declared(entry: Entry) -> Iterator[Suggestion]:
    """Each side as the measure wants it set."""
    published = reader.entries()
    for slug, measure in partners(entry.slug).items():
        if slug in published:
            own, other = (
                {name: as_text(value) for name, value in measure.of[one].set.items()} for one in (entry.slug, slug)
            )
            yield Suggestion(published[slug].title, write_pair(entry.slug, own, slug, other))


def _beside(entry: Entry) -> Iterator[Suggestion]:
    """As far as they are asked for: an entry is read only to learn its measures."""
    published, seen = reader.entries(), {entry.slug, *partners(entry.slug)}
    for slug in _related(entry):
        if slug in published and slug not in seen and share_a_measure(entry, published[slug]):
            yield Suggestion(published[slug].title, write_pair(entry.slug, {}, slug, {}))
        seen.add(slug)


def _related(entry: Entry) -> Iterator[str]:
    yield from entry.variants
    yield from (slug for slug, other in reader.heads().items() if entry.slug in other.variants)
    yield from (slug for slug, other in reader.entries().items() if other.live.experiment == entry.live.experiment)


def share_a_measure(one: Entry, other: Entry) -> bool:
    """Whether both have numbers to set beside each other: one experiment, or a metric that both speak of."""
    return one.live.experiment == other.live.experiment or bool(_measures(one) & _measures(other))


def _measures(entry: Entry) -> set[str]:
    live = entry.live
    return {claim.condition.metric for claim in live.claims} | {one.metric for one in live.predictions} - {""}


def _broken(entry: Entry, claim: Claim) -> Suggestion:
    change = {name: as_text(value) for name, value in claim.fails_for.items()}
    return Suggestion(claim.switch, write_pair(entry.slug, {}, entry.slug, change))
