"""CLIP on small pictures of one shape, five trainings per way of filling batches: ``python -m models.training.clip``.

Every arm sees 40 pairs per step: in one batch of 40, in eight batches of five, or in eight batches of five in which all
colours differ. The checkpoint holds all of them, as ``<training>.<arm>.<weight>``.
"""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state

from models.checkpoints import restored
from models.contrastive.clip import CLIP, START, ClipTrace, similarities, symmetric_loss
from models.data.captioned_shapes import COLOURS, captions, kinds, pictures
from models.seeding import generator, seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME = "clip"
TRAININGS, PAIRS, SMALL = 5, 40, len(COLOURS)
PLAN = Plan(steps=600, learning_rate=3e-3, warm_up=0)
ASKED = 20
"""Pictures of each kind on which a card is measured."""


def at_random(trained: Tensor, draws: torch.Generator) -> Tensor:
    """Any of the trained kinds.  (K, 3) → (PAIRS, 3)"""
    return trained[torch.randint(len(trained), (PAIRS,), generator=draws)]


def all_colours(trained: Tensor, draws: torch.Generator) -> Tensor:
    """One kind of each colour in turn, its shape and side at random.  (K, 3) → (PAIRS, 3)"""
    own = torch.stack([(trained[:, 0] == colour).nonzero()[:, 0] for colour in range(SMALL)])  # (SMALL, k)
    chosen = torch.randint(own.shape[1], (PAIRS // SMALL, SMALL), generator=draws)
    return trained[own[torch.arange(SMALL), chosen].flatten()]


ARMS: Mapping[str, tuple[Callable[[Tensor, torch.Generator], Tensor], int]] = {
    "batch of 40": (at_random, PAIRS),
    "batches of 5": (at_random, SMALL),
    "batches of 5 colours": (all_colours, SMALL),
}
"""How the pairs of a step are picked, and how many of them are compared with each other."""


def name_of(training: int, arm: str) -> str:
    return f"{training}.{arm}"


@lru_cache(maxsize=32)
def pretrained(arm: str, training: int = 0) -> CLIP:
    """One of the shipped ones."""
    return restored(CLIP, NAME, own=f"{name_of(training, arm)}.")


def trained(arm: str, steps: int) -> list[dict[str, Tensor]]:
    """The weights of every training of one arm, side by side on the same pairs."""
    pick, size = ARMS[arm]
    models = [seeded(CLIP, seed) for seed in range(TRAININGS)]
    stacked, _ = stack_module_state(models)
    weights = {name: weight.detach().requires_grad_() for name, weight in stacked.items()}
    optimizer = torch.optim.Adam(weights.values(), PLAN.learning_rate, fused=True)
    draws, known = generator(PLAN.seed), kinds(unseen=False)

    def embedded(own: dict[str, Tensor], x: Tensor, w: Tensor) -> ClipTrace:
        return functional_call(models[0], own, (x, w))[1]  # type: ignore[no-any-return]

    for _ in range(steps):
        k = pick(known, draws)
        both = torch.vmap(embedded, (0, None, None))(weights, pictures(k, draws), captions(k))
        I, T = (each.unflatten(1, (-1, size)) for each in both)  # (A, G, B, D)  # noqa: E741
        loss = symmetric_loss(torch.vmap(similarities)(I, T, START + weights["scale"])) * TRAININGS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [{name: weight[n].detach().half().float() for name, weight in weights.items()} for n in range(TRAININGS)]


@torch.no_grad()
def right(model: CLIP, unseen: bool, seed: int = UNSEEN) -> Tensor:
    """Whether the most similar of all 40 captions names colour, shape and side of each picture rightly.  (B, 3)"""
    k, every = kinds(unseen).repeat(ASKED, 1), torch.cat([kinds(unseen=False), kinds(unseen=True)])
    read = model.picture(pictures(k, generator(seed)))  # (B, D)
    names = nn.functional.normalize(model.caption(captions(every)), dim=-1)
    return every[(read @ names.T).argmax(-1)] == k


def measured(models: Mapping[tuple[int, str], CLIP]) -> dict[str, float]:
    """Share of pictures whose best caption is right in all three, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (_, arm), model in models.items():
        for name, unseen in (("trained", False), ("new", True)):
            accuracy = right(model, unseen).all(-1).float().mean().item()
            found.setdefault(f"{name} pairs, {arm}", []).append(accuracy)
    return extremes(found, "{which} accuracy, {name}")


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    started, state = time.perf_counter(), dict[str, Tensor]()
    models: dict[tuple[int, str], CLIP] = {}
    for arm in ARMS:
        for training, weights in enumerate(trained(arm, options.steps or PLAN.steps)):
            models[training, arm] = CLIP()
            models[training, arm].load_state_dict(weights)
            state |= {f"{name_of(training, arm)}.{name}": weight for name, weight in weights.items()}
    finish(
        NAME, nn.ModuleList(models.values()), PLAN, options, measured(models), state=state,
        data="pictures of one shape and their captions, fresh at every step", trainings=TRAININGS,
        seconds=round(time.perf_counter() - started, 1),
    )  # fmt: skip


CHECKPOINTS = {NAME: Made(lambda: measured({(t, arm): pretrained(arm, t) for t in range(TRAININGS) for arm in ARMS}))}


if __name__ == "__main__":
    main()
