"""Twins that differ in which lines their texts hold: ``python -m models.training.task_lines``.

All read as many tokens; lines that are left out are replaced by more of the others. Two trainings of each lie in one
checkpoint, a weight as (K, N, …): kinds of text, trainings.
"""

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.checkpoints import load_state
from models.data import corpus
from models.language.zero_shot import TASKS, accuracy, asked
from models.layers.swiglu import SwiGLU
from models.seeding import seeded
from models.training.cells import one_of
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.kinds_side_by_side import halves
from models.training.loop import Plan, train
from models.training.next_tokens import windows
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide
from models.transformer.decoder import Decoder, DecoderConfig

NAME = "task_lines"
Lines = Literal["all lines", "without task lines", "without as many other lines"]
TOLD: corpus.Mixture = {"told": 34}
TASK_LINES: corpus.Mixture = {"asked": 14, "relations": 10, "sentiment": 5, "topics": 5}
OTHER: corpus.Mixture = {"stories": 8, "roles": 8, "agreement": 8, "homonyms": 8}
TEXTS: Mapping[Lines, corpus.Mixture] = {
    "all lines": TOLD | TASK_LINES | OTHER,
    "without task lines": TOLD | OTHER,
    "without as many other lines": TOLD | TASK_LINES,
}
CONFIG = DecoderConfig(vocabulary=1024, width=48, layers=2, heads=3, kv_heads=3, head_width=16, hidden=96, context=64)
TRAININGS, BATCH, CORPUS_TOKENS = 2, 12, 1_500_000
TOGETHER = len(TEXTS) * TRAININGS
PLAN = Plan(steps=2000, learning_rate=5e-3, warm_up=50, weight_decay=0.01, clip=1.0 * TOGETHER)


def build() -> Decoder:
    return Decoder(CONFIG, None, SwiGLU)


def model_of(weights: Mapping[str, Tensor], lines: Lines, training: int) -> Decoder:
    """One of the twins, frozen."""
    return one_of(weights, build, list(TEXTS).index(lines), training)


@lru_cache(maxsize=16)
def pretrained(lines: Lines, training: int, device: str = "cpu") -> Decoder:
    """One of the shipped twins; share it."""
    return model_of(load_state(NAME), lines, training).to(device)


def measured(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """The share of each task's questions answered, the lowest and the highest of the trainings."""
    found = {}
    for lines in TEXTS:
        models = [model_of(weights, lines, training) for training in range(TRAININGS)]
        for task in TASKS:
            shares = [accuracy(model, asked(task, 64, UNSEEN)) for model in models]
            found[f"{task}_{lines.replace(' ', '_')}"] = shares
    return extremes(found)


CHECKPOINTS = {NAME: Made(lambda: measured(load_state(NAME)))}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    needed = min(CORPUS_TOKENS, 4 * plan.steps * BATCH * CONFIG.context)
    streams = [torch.from_numpy(corpus.tokens(texts, needed, 0)) for texts in TEXTS.values()]
    together = SideBySide([seeded(build, training) for _ in TEXTS for training in range(TRAININGS)])
    each = [stream for stream in streams for _ in range(TRAININGS)]

    def loss(draws: torch.Generator) -> Tensor:
        ids = torch.stack([windows(stream, options.batch or BATCH, CONFIG.context + 1, draws) for stream in each])
        logits = together(ids[..., :-1])  # (K·N, B, T, V)
        return TOGETHER * cross_entropy(logits.flatten(0, 2), ids[..., 1:].flatten())

    seconds = train(together, loss, plan)
    state = halves(together, len(TEXTS), TRAININGS)
    told = {
        "data": {name: dict(texts) for name, texts in TEXTS.items()},
        "architecture": dataclasses.asdict(CONFIG),
        "trainings": TRAININGS,
        "tokens": plan.steps * BATCH * CONFIG.context,
        "seconds": round(seconds, 1),
    }
    finish(NAME, together, plan, options, measured(state), state=state, **told)


if __name__ == "__main__":
    main()
