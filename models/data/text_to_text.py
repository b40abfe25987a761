"""Every task as a text to read and a text to write, and the filling of gaps.

    translation     the hen helps the goat . tok :        hemo lupo sabi .<|end|>
    paraphrases     the kid sees one dog . same :         the child spots a dog .<|end|>
    lists           reverse : ball pen flag ->            flag pen ball .<|end|>
    sentiment       review : the meal was dull . label :  bad .<|end|>
    gaps            Ada wakes<|gap0|> Oslo . she<|gap1|> key .    <|gap0|> up in<|gap1|> takes the<|end|>

Paper: Raffel et al. 2019, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
sections 2.4 (text to text) and 3.1.4 (spans of mean length 3 over 15 % of the tokens, each behind a sentinel).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from models.data.corpus import documents
from models.data.dice import Dice
from models.data.sentence_pairs import ids_of_words
from models.data.tiny_world import Sample, Split, stream
from models.tokenization.tokenizer import END, GAPS, PAD

TASKS = {"translation": 5, "paraphrases": 3, "lists": 3, "sentiment": 1, "gaps": 6}  # shares of the rows
GAP_TEXTS = {"stories": 5.0, "told": 3.0, "roles": 1.0, "context_facts": 3.0}
GAP_SHARE, GAP_LENGTH = 0.15, 3


class Exchange(NamedTuple):
    """Token ids read and token ids to write, the end token included."""

    source: list[int]
    target: list[int]


def asked(sample: Sample) -> Exchange:
    """What stands before the first answer is read, what follows is to be written."""
    at = sample.answers[0].start
    return Exchange(ids_of_words(sample.text[:at].rstrip()), [*ids_of_words(sample.text[at:]), END])


def with_gaps(ids: list[int], dice: Dice) -> Exchange:
    """Cut spans out of a text; one sentinel stands for each, and before it in the answer."""
    count = min(max(1, round(GAP_SHARE * len(ids) / GAP_LENGTH)), len(GAPS))
    room = len(ids) // count
    source, target, at = [], [], 0
    for gap in GAPS[:count]:
        start = at + dice.between(1, max(1, room - GAP_LENGTH))
        end = start + dice.between(1, 2 * GAP_LENGTH - 1)
        source += [*ids[at:start], gap]
        target += [gap, *ids[start:end]]
        at = min(end, len(ids))
    return Exchange(source + ids[at:], [*target, END])


def exchanges(task: str, seed: int, split: Split = "train") -> Iterator[Exchange]:
    """One task without end; gaps are cut into new texts, whose facts are those of training."""
    if task != "gaps":
        yield from map(asked, stream(task, seed, split))
    dice = Dice(f"gaps {seed}")
    for document in documents(GAP_TEXTS, seed):
        yield with_gaps(ids_of_words(document), dice)


def rows(
    count: int, seed: int, lengths: tuple[int, int], task: str | None = None, split: Split = "train"
) -> tuple[np.ndarray, np.ndarray]:
    """Sources (N, S) and targets (N, T + 1), the latter opened by an end token; of one task, or all in their shares.

    Those longer than ``lengths`` (S, T) are passed over.
    """
    dice = Dice(f"text to text {seed}")
    names = [task] if task else [name for name, share in TASKS.items() for _ in range(share)]
    streams = {name: exchanges(name, seed, split) for name in names}
    sources, targets = np.full((count, lengths[0]), PAD), np.full((count, lengths[1] + 1), PAD)
    for row in range(count):
        fits = lambda found: len(found.source) <= lengths[0] and len(found.target) <= lengths[1]
        source, target = dice.until(lambda: next(streams[dice.pick(names)]), fits)
        sources[row, : len(source)] = source
        targets[row, : len(target) + 1] = [END, *target]
    return sources, targets
