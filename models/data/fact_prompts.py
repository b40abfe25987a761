"""Prompts that end where a fact is due: stated earlier in the text, or only ever stated in training.

Symbols
    N  prompts       T  tokens of the longest
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from models.data.corpus import encoded, questions
from models.data.dice import Dice
from models.data.tiny_world import world
from models.tokenization.tokenizer import END, ids_of

STEMS = {
    "home": ("{} lives in", "the home of {} is"),
    "job": ("{} works as a", "the job of {} is"),
    "pet": ("{} has a", "the pet of {} is a"),
}
"""How a resident's fact begins, in two wordings; its value comes next."""


class Prompts(NamedTuple):
    """Padding stands behind the texts, where a causal model does not see it."""

    ids: Tensor  # (N, T)
    end: Tensor  # (N,) position of the last token
    answer: Tensor  # (N,) token id
    fact: Tensor  # (N,) position of the answer in the text; −1 where it is not stated there
    other: Tensor  # (N,) position of a value that is not the answer; −1 where there is none
    relation: tuple[str, ...]  # (N,)


def stated(count: int, seed: int) -> Prompts:
    """“Ada lives in Lund . Ben lives in Oslo . Ada lives in”: pairs that no training text held."""
    rows, answers, facts, others = [], [], [], []
    for sample in questions("context_facts", count, seed, "held_out", people=2):
        ids, places, _ = encoded(sample)
        text = ids[: places[0].start].tolist()
        asked, other = (int(ids[place.start]) for place in places[:2])
        rows.append(torch.tensor(text))
        answers.append(asked)
        facts.append(text.index(asked))
        others.append(text.index(other))
    return _prompts(rows, answers, facts, others, ["stated"] * count)


def stored(count: int, seed: int, wording: int = 0) -> Prompts:
    """“Mia has a”, or in the other wording “the pet of Mia is a”: facts of residents that training stated often.

    Two wordings of one seed ask for the same facts in the same order.
    """
    known = [fact for fact in world().by_tier["often"] if fact.relation in STEMS]
    chosen = Dice(f"stored facts {seed}").some(known, count)
    rows = [torch.tensor([END, *ids_of(STEMS[fact.relation][wording].format(fact.subject))]) for fact in chosen]
    answers = [ids_of(fact.value)[0] for fact in chosen]
    return _prompts(rows, answers, [-1] * count, [-1] * count, [fact.relation for fact in chosen])


def _prompts(
    rows: list[Tensor], answers: list[int], facts: list[int], others: list[int], relations: list[str]
) -> Prompts:
    ends = torch.tensor([len(row) - 1 for row in rows])
    found = [torch.tensor(numbers) for numbers in (answers, facts, others)]
    return Prompts(pad_sequence(rows, batch_first=True), ends, *found, tuple(relations))
