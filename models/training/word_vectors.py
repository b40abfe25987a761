"""Skip-gram tables of the tiny world's words: ``python -m models.training.word_vectors``.

Five trainings of each variant, all in one checkpoint: on the text as it is, with the second words of the role pairs
exchanged for those of other pairs, and with whole pairs exchanged. Each training has a text and a start of its own.
"""

import dataclasses
import time
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from models.checkpoints import load_state
from models.data.word_vector_text import PAIRS, Order, arranged, text, words
from models.language.skip_gram import SkipGram
from models.language.skip_gram_training import SkipGramTraining
from models.language.word_vectors import analogies, analogy_accuracy, cosines, nearest, purity
from models.tokenization.tokenizer import VOCABULARY, ids_of
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import Made

NAME = "word_vectors"
VARIANTS: Mapping[Order, str] = {
    "as written": "as_written", "partners exchanged": "partners_exchanged", "pairs exchanged": "pairs_exchanged"
}  # fmt: skip
TRAININGS, WIDTH, NEIGHBOURS = 5, 32, 5
PLAN = Plan(steps=400, learning_rate=0.025, warm_up=0, weight_decay=0.0)


class Tables(NamedTuple):
    """One training's vectors and output vectors, in half precision as they are shipped."""

    vectors: Tensor  # (V, D)
    contexts: Tensor  # (V, D)


@cache
def role_questions() -> Tensor:
    """Analogies of the role pairs as token ids, (60, 4)."""
    return analogies(torch.tensor([[ids_of(word)[0] for word in pair] for pair in PAIRS]))


def class_purity(X: Tensor, training: int) -> float:
    """Mean share of the five nearest words by cosine that are of the word's class."""
    shown = words(training)
    listed = shown.classes < shown.classes.max()  # the role words are of no class
    rows = X[shown.ids[listed]]
    return purity(nearest(cosines(rows), NEIGHBOURS), shown.classes[listed]).mean().item()


def measured(tables: Mapping[Order, list[Tables]]) -> dict[str, float]:
    """Over the trainings of each variant: the lowest purity, the lowest and highest accuracy on analogies."""
    found = {}
    for order, own in tables.items():
        asked = role_questions()
        right = [analogy_accuracy(one.vectors, asked, asked[:, :3]).item() for one in own]
        found[f"{VARIANTS[order]}_lowest_purity"] = min(class_purity(one.vectors, n) for n, one in enumerate(own))
        found[f"{VARIANTS[order]}_lowest_analogy_accuracy"] = min(right)
        found[f"{VARIANTS[order]}_highest_analogy_accuracy"] = max(right)
    return found


def trained(order: Order, training: int, steps: int) -> SkipGram:
    run = SkipGramTraining(arranged(text(training), order, training), VOCABULARY, seed=training, width=WIDTH)
    for _ in range(steps):
        run.step()
    return run.model


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    started = time.perf_counter()
    tables: dict[Order, list[Tables]] = {}
    for order in VARIANTS:
        models = [trained(order, training, plan.steps) for training in range(TRAININGS)]
        tables[order] = [Tables(*(w.detach().half().float() for w in (m.vectors, m.contexts))) for m in models]
        print(order, flush=True)
    state = {
        f"{VARIANTS[order]}.{part}": torch.stack([getattr(one, part) for one in own])
        for order, own in tables.items()
        for part in Tables._fields
    }
    told = {
        "data": "120,000 tokens of the tiny world for each training, those with role words among them",
        "architecture": {"width": WIDTH},
        "variants": list(VARIANTS.values()),
        "trainings": TRAININGS,
        "seconds": round(time.perf_counter() - started, 1),
    }
    finish(NAME, models[0], plan, options, measured(tables), state=state, **told)


@cache
def pretrained(order: Order, training: int) -> Tables:
    """The tables of one training; share them."""
    state = load_state(NAME)
    return Tables(*(state[f"{VARIANTS[order]}.{part}"][training] for part in Tables._fields))


CHECKPOINTS = {NAME: Made(lambda: measured({o: [pretrained(o, n) for n in range(TRAININGS)] for o in VARIANTS}))}


if __name__ == "__main__":
    main()
