"""Small vision transformers on digits, by size and order of the patches: ``python -m models.training.patch_vits``.

Each kind is trained several times; all lie in one checkpoint under ``<training>.<side>.<kind>``.
"""

import dataclasses
from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import load_card, restored
from models.data.digits import digits
from models.data.patch_orders import Order, in_order
from models.seeding import generator, seeded
from models.training.digit_pictures import DATA, begin, picked, shifted
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import shipped
from models.transformer.vision_transformer import VisionTransformer

NAME = "patch_vits"
SIZES = {"width": 32, "layers": 2, "heads": 4, "hidden": 64}
ORDERS: Mapping[str, Order] = {
    "positions": "kept",
    "no positions": "kept",
    "shuffled": "new for each picture",
    "reordered": "one other order",
}
"""Kind of training → the order of its patches. Without positions, the position vectors stay zero."""
SIDES = 2, 4, 8
KINDS = ((1, "positions"), *((side, kind) for side in SIDES for kind in ORDERS))
"""Side of a patch in pixels, and kind."""
TRAININGS = 3
PLAN = Plan(steps=1500, learning_rate=3e-3, warm_up=50)
BATCH = 64


def small_vit(side: int) -> VisionTransformer:
    return VisionTransformer(side, **SIZES)


def name_of(training: int, side: int, kind: str) -> str:
    return f"{training}.{side}.{kind}"


@lru_cache(maxsize=64)
def pretrained(side: int, kind: str = "positions", training: int = 0, device: str = "cpu") -> VisionTransformer:
    """One of the shipped ones."""
    sizes = load_card(NAME)["architecture"]
    return restored(lambda: VisionTransformer(side, **sizes), NAME, device, own=f"{name_of(training, side, kind)}.")


@torch.inference_mode()
def accuracy_in_order(model: VisionTransformer, order: Order, seed: int) -> float:
    """The share of held-out digits recognised with their patches in this order."""
    held_out = digits()[1]
    device = model.position.device
    images = in_order(held_out.images.to(device), order, model.side, generator(seed))
    return (model(images)[0].argmax(dim=1).cpu() == held_out.labels).float().mean().item()


def measured(models: Mapping[tuple[int, int, str], VisionTransformer]) -> dict[str, float]:
    """Held-out accuracy of each kind, the lowest and the highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (_, side, kind), model in models.items():
        found.setdefault(f"{side}_{kind}", []).append(accuracy_in_order(model, ORDERS[kind], UNSEEN))
    return extremes(found, "{which}_accuracy_{name}")


def main() -> None:
    options, learned, _ = begin(__doc__)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    models: dict[tuple[int, int, str], VisionTransformer] = {}
    seconds = 0.0
    for side, kind in KINDS:
        for training in range(TRAININGS):
            model = seeded(lambda side=side: small_vit(side), training, options.device)
            if kind == "no positions":
                model.position.requires_grad_(False).zero_()

            def loss(draws: torch.Generator, m=model, order=ORDERS[kind]) -> Tensor:
                images, labels = picked(learned, options.batch or BATCH, draws)
                logits, _ = m(in_order(shifted(images, draws), order, m.side, draws))
                return cross_entropy(logits.float(), labels, label_smoothing=0.05)

            seconds += train(model, loss, dataclasses.replace(plan, seed=training))
            state = {name: weight.detach().half().float() for name, weight in model.state_dict().items()}
            models[training, side, kind] = shipped(lambda side=side: small_vit(side), state).to(options.device)
    told = {"data": DATA, "architecture": SIZES, "trainings": TRAININGS, "seconds": round(seconds, 1)}
    state = {f"{name_of(*key)}.{k}": w for key, model in models.items() for k, w in model.state_dict().items()}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {
    NAME: Made(lambda: measured({(t, *kind): pretrained(*kind, t) for t in range(TRAININGS) for kind in KINDS}))
}


if __name__ == "__main__":
    main()
