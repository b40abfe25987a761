"""Encoders of sentences whose meaning is known: ``python -m models.training.sentence_encoder --variant …``.

Three trainings of each variant, which differ in the negatives or in the data; see ``models.data.sentence_triples``.
"""

import dataclasses
import time
from collections.abc import Sequence
from functools import cache, partial
from typing import get_args

import torch
from torch import Tensor

from models.checkpoints import load_state
from models.data.dice import Dice
from models.data.sentence_triples import Triples, Variant, triples
from models.data.synonym_sentences import NEVER_SWAPPED, Meaning, meaning
from models.data.synonym_tokens import LONGEST, PIECES, padded
from models.language.contrastive_sentences import contrastive_loss, scores
from models.seeding import seeded, unfilled
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.transformer.encoder import EncoderConfig
from models.transformer.sentence_encoder import SentenceEncoder

CONFIG = EncoderConfig(vocabulary=len(PIECES), width=64, layers=2, heads=4, hidden=128, context=LONGEST)
PLAN = Plan(steps=400, learning_rate=2e-3, warm_up=50, weight_decay=0.01)
TRAININGS, BATCH, POOL, HELD_OUT = 3, 64, 20_000, 256


def name_of(variant: str) -> str:
    return f"sentence_encoder_{variant.replace(' ', '_')}"


def loss_of(model: SentenceEncoder, pool: Triples, rows: int, draws: torch.Generator) -> Tensor:
    """The contrastive loss of a random batch."""
    at = torch.randint(len(pool.query), (rows,), generator=draws)
    ids = torch.cat([pool.query[at], pool.positive[at], pool.negative[at]])  # (3N, T)
    query, positive, negative = model(ids, ids != 0)[0].float().view(3, rows, -1)
    asked = pool.asked[at]
    same = (asked[:, None] == asked) & (asked[:, None] >= 0) & ~torch.eye(rows, dtype=torch.bool)
    return contrastive_loss(scores(query, positive, negative), same)


@torch.inference_mode()
def vectors(model: SentenceEncoder, texts: Sequence[str]) -> Tensor:
    """A unit vector for each sentence, (N, D)."""
    ids, real = padded(texts)
    return model(ids, real)[0]


def never_swapped(count: int, seed: object) -> list[Meaning]:
    """Held-out pairs of people with verbs that were never trained on a role swap."""
    dice = Dice(f"never swapped {seed}")
    return [meaning(dice, held=True, deeds=NEVER_SWAPPED) for _ in range(count)]


def swap_accuracy(model: SentenceEncoder, said: Sequence[Meaning]) -> float:
    """Share of sentences whose paraphrase without a common word is nearer than the same words with roles exchanged."""
    query, paraphrase, swap = (
        vectors(model, [write(one) for one in said])
        for write in (
            lambda one: one.written(0),
            lambda one: one.written(1, True),
            lambda one: one.swapped.written(0),
        )
    )
    return ((query * paraphrase).sum(dim=1) > (query * swap).sum(dim=1)).double().mean().item()


def measured(models: Sequence[SentenceEncoder]) -> dict[str, float]:
    """The lowest and the highest accuracy of the trainings on role swaps of verbs never trained so."""
    said = never_swapped(HELD_OUT, UNSEEN)
    found = [swap_accuracy(model, said) for model in models]
    return {"lowest_swap_accuracy": min(found), "highest_swap_accuracy": max(found)}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--variant", choices=[name.replace(" ", "-") for name in get_args(Variant)], required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    variant: Variant = options.variant.replace("-", " ")
    plan, state, models = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), {}, []
    started = time.perf_counter()
    for training in range(TRAININGS):
        pool = triples(POOL, variant, training)
        model = seeded(lambda: SentenceEncoder(CONFIG), training)
        loss = lambda draws, model=model, pool=pool: loss_of(model, pool, options.batch or BATCH, draws)
        train(model, loss, dataclasses.replace(plan, seed=training))
        model.load_state_dict({name: weight.half().float() for name, weight in model.state_dict().items()})
        models.append(model.eval())
        state |= {f"{training}.{name}": weight for name, weight in model.state_dict().items()}
    told = {
        "data": f"{POOL} triples for each training; {variant}",
        "architecture": dataclasses.asdict(CONFIG),
        "trainings": TRAININGS,
        "seconds": round(time.perf_counter() - started, 1),
    }
    finish(name_of(variant), models[0], plan, options, measured(models), state=state, **told)


@cache
def pretrained(variant: str, training: int, device: str = "cpu") -> SentenceEncoder:
    """The encoder of one training; share it."""
    own = f"{training}."
    with torch.inference_mode(False):
        with unfilled():
            model = SentenceEncoder(CONFIG)
        state = {k.removeprefix(own): w for k, w in load_state(name_of(variant)).items() if k.startswith(own)}
        model.load_state_dict(state, assign=True)
        return model.to(device).eval().requires_grad_(False)


def shipped_metrics(variant: str) -> dict[str, float]:
    return measured([pretrained(variant, training) for training in range(TRAININGS)])


CHECKPOINTS = {
    name_of(variant): Made(partial(shipped_metrics, variant), f"--variant {variant.replace(' ', '-')}")
    for variant in get_args(Variant)
}


if __name__ == "__main__":
    main()
