"""Small T5s that translate, answer questions and fill gaps: ``python -m models.training.text_to_text``.

The first word of a source names the task. Three trainings side by side lie in the checkpoint ``t5_tasks``, under
``0.``, ``1.`` and ``2.``.
"""

import dataclasses
import math
from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import restored
from models.data.named_tasks import SYMBOLS, TARGET, TASKS, Task, drawn
from models.data.tok_sentences import END, PAD
from models.language.from_states import all_right, generated, shifted_right
from models.seeding import generator, seeded
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped
from models.transformer.encoder import padding_mask
from models.transformer.t5 import T5, T5Config
from models.transformer.t5_mistakes import scaled

NAME = "t5_tasks"
TRAININGS, BATCH, HELD_OUT = 3, 8, 128
CONFIG = T5Config(SYMBOLS, width=32, layers=2, heads=4, head_width=8, hidden=64, buckets=16, furthest=32)
PLAN = Plan(steps=900, learning_rate=5e-3, weight_decay=0.0, clip=1.0 * TRAININGS)


@torch.no_grad()
def started(seed: int) -> T5:
    """Weights as T5's released code draws them where it matters: embeddings of size 1, queries 1/√K smaller."""
    model = seeded(lambda: T5(CONFIG), seed)
    model.embedding.weight.div_(model.embedding.weight.std())
    return scaled(model, 1 / math.sqrt(CONFIG.head_width))


def loss(models: SideBySide, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses on all four tasks, equally often; ``rows`` of each task for each training."""
    given = [drawn(TRAININGS * rows, task, draws) for task in TASKS]
    source, target = (torch.cat([p.unflatten(0, (TRAININGS, rows)) for p in parts], dim=1) for parts in zip(*given))
    read = shifted_right(target.flatten(0, 1), END).view_as(target)
    logits = models(source, read, (source != PAD)[:, :, None, None])
    return TRAININGS * cross_entropy(logits.flatten(0, 2), target.flatten(), ignore_index=PAD)


def exact_match(model: T5, task: Task) -> float:
    """The share of held-out sentences whose answer is right to the end."""
    source, target = drawn(HELD_OUT, task, generator(UNSEEN), held=True)
    written = generated(model, model.encode(source, padding_mask(source, PAD)), END, TARGET)
    return all_right(written, target, PAD).float().mean().item()


def measured(models: Mapping[int, T5]) -> dict[str, float]:
    """Exact match by task, the lowest of the trainings."""
    return {f"lowest exact match, {task}": min(exact_match(m, task) for m in models.values()) for task in TASKS}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, rows = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), options.batch or BATCH
    together = SideBySide([started(seed) for seed in range(TRAININGS)]).to(options.device)
    seconds = train(together, lambda draws: loss(together, rows, draws), plan)
    models = {n: shipped(lambda: T5(CONFIG), weights) for n, weights in enumerate(together.states())}
    finish(
        NAME, nn.ModuleList(models.values()), plan, options, measured(models),
        state={f"{n}.{key}": weight for n, model in models.items() for key, weight in model.state_dict().items()},
        data=f"sentences to translate into Tok, to be asked about and to be filled: {', '.join(TASKS)}",
        architecture=dataclasses.asdict(CONFIG), batch=rows, trainings=TRAININGS, seconds=round(seconds, 1),
    )  # fmt: skip


@lru_cache(maxsize=8)
def pretrained(training: int = 0, device: str = "cpu") -> T5:
    """One of the trainings; share it."""
    return restored(lambda: T5(CONFIG), NAME, device, own=f"{training}.")


CHECKPOINTS = {NAME: Made(lambda: measured({n: pretrained(n) for n in range(TRAININGS)}))}


if __name__ == "__main__":
    main()
