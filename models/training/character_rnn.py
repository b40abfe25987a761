"""RNNs of about 3,300 weights that predict the next character: ``python -m models.training.character_rnn``.

Four variants, five trainings of each with snapshots, all in one checkpoint: on the texts as they are, with the state
detached at every character, with all characters of each training text shuffled, and with its letters alone shuffled.
"""

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from models.data.bracketed_text import ALPHABET, LETTERS, texts
from models.recurrence.probe import correlation, fitted
from models.recurrence.reader import Reader
from models.recurrence.rnn import RNN
from models.recurrence.truncated import TruncatedReader
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "character_rnn"
VARIANTS = ("as_written", "detached", "shuffled", "letters_shuffled")
V, WIDTH = len(ALPHABET), 48
SNAPSHOTS = (0, 50, 100, 200, 300, 400, 600, 800, 1000)
PLAN = plan_of(SNAPSHOTS[-1], learning_rate=5e-3)
LENGTH, BATCH, POOL, HELD_OUT = 40, 48, 8192, 128


def build(variant: str = "as_written") -> Reader:
    if variant == "detached":
        return TruncatedReader(RNN(V, WIDTH), WIDTH, V, borders=range(1, LENGTH))
    return Reader(RNN(V, WIDTH), WIDTH, V)


def shuffled(ids: Tensor, draws: torch.Generator, letters_only: bool) -> Tensor:
    """Each row (B, T) in a random order; brackets and quotation marks stay where they are if ``letters_only``."""
    place = torch.arange(ids.shape[1]).expand_as(ids)
    moving = (ids < LETTERS) if letters_only else torch.ones_like(ids, dtype=torch.bool)
    order = torch.where(moving, torch.rand(ids.shape, generator=draws), 2.0)
    into = torch.where(moving, place, ids.shape[1] + place).argsort(dim=1)  # where the moving ones stood, then the rest
    return torch.empty_like(ids).scatter(1, into, ids.gather(1, order.argsort(dim=1, stable=True)))


def pool_of(variant: str) -> Tensor:
    """The training texts of a variant: (POOL, LENGTH + 1)."""
    ids = texts(POOL, LENGTH + 1, seed=0).ids
    if "shuffled" not in variant:
        return ids
    return shuffled(ids, torch.Generator().manual_seed(0), variant == "letters_shuffled")


def loss_of(models: SideBySide, pool: Tensor, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on texts of its own."""
    (ids,) = apart((pool[torch.randint(len(pool), (TRAININGS * rows,), generator=draws)],))
    logits = models(one_hot(ids[..., :-1], V).float())
    return TRAININGS * cross_entropy(logits.flatten(0, 2), ids[..., 1:].flatten())


def kind_of(variant: str, rows: int) -> Kind:
    """A variant with the texts that it learns from; it runs like every other."""
    pool = pool_of(variant)
    loss = lambda together, draws: loss_of(together, pool, rows, draws)
    return Kind(build, loss, trained_as=lambda: build(variant))


@torch.inference_mode()
def depth_correlation(model: nn.Module, seed: int) -> float:
    """Of the depth of held-out texts and a linear probe of the state, fitted on other texts."""
    read = lambda text: model(one_hot(text.ids, V).float())[1].states.flatten(0, 1)
    learned, held_out = texts(HELD_OUT, 2 * LENGTH, seed), texts(HELD_OUT, 2 * LENGTH, seed + 1)
    probe = fitted(read(learned), learned.depth.flatten().float())
    return correlation(probe(read(held_out)), held_out.depth.flatten().float()).item()


def measured(models: Mapping[str, list[Reader]]) -> dict[str, float]:
    """The lowest and the highest correlation with the depth of the five trainings of each variant."""
    found = {name: [depth_correlation(model, UNSEEN) for model in trainings] for name, trainings in models.items()}
    return extremes(found, "{name}_{which}_correlation")


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, SNAPSHOTS)
    kinds = {variant: kind_of(variant, options.batch or BATCH) for variant in VARIANTS}
    made = all_trained(kinds, plan, snapshots)
    told = {
        "data": f"{POOL} texts of {LENGTH} characters with brackets and quotations",
        "architecture": {"width": WIDTH},
        "variants": list(VARIANTS),
    } | made.told
    finish(NAME, made.models["as_written"][0], plan, options, measured(made.models), state=made.state, **told)


@lru_cache(maxsize=64)
def pretrained(variant: str, training: int, snapshot: int = -1, device: str = "cpu") -> Reader:
    """The network of one training at one snapshot; share it."""
    return restored(NAME, variant, build, training, snapshot).to(device)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(VARIANTS, pretrained)))}


if __name__ == "__main__":
    main()
