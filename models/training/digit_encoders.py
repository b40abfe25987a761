"""Networks that learn the digits 0 to 4, to be judged on the others: ``python -m models.training.digit_encoders``.

A convolutional network and a vision transformer, with the true labels, with the classes renamed, and with the labels
shuffled once among the pictures. Each is trained several times; all lie in one checkpoint under
``<training>.<kind>.<labels>``.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import restored
from models.convolution.digit_cnn import DigitCNN
from models.data.digits import Digits, digits
from models.seeding import generator, seeded
from models.training.digit_pictures import DATA, accuracy, begin, picked, shifted
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.patch_vits import SIZES
from models.training.recipes import Made
from models.training.side_by_side import shipped
from models.transformer.vision_transformer import VisionTransformer

NAME = "digit_encoders"
LEARNED_CLASSES = 5
KINDS: Mapping[str, Callable[[], DigitCNN | VisionTransformer]] = {
    "cnn": lambda: DigitCNN(classes=LEARNED_CLASSES),
    "vit": lambda: VisionTransformer(classes=LEARNED_CLASSES, **SIZES),
}
TRAININGS = 3
PLAN = Plan(steps=1000, learning_rate=3e-3, warm_up=50)
BATCH = 64


def first_classes(data: Digits) -> Digits:
    """The digits 0 to 4."""
    kept = data.labels < LEARNED_CLASSES
    return Digits(data.images[kept], data.labels[kept])


def shuffled_labels(data: Digits, seed: int) -> Digits:
    """The same pictures and the same labels, each label with another picture."""
    order = torch.randperm(len(data.labels), generator=generator(seed)).to(data.labels.device)
    return Digits(data.images, data.labels[order])


def renamed_labels(data: Digits, seed: int) -> Digits:
    """The same pictures, every class under the name of the next."""
    return Digits(data.images, (data.labels + 1 + seed) % LEARNED_CLASSES)


LABELS: Mapping[str, Callable[[Digits, int], Digits]] = {
    "true": lambda data, seed: data,
    "renamed": renamed_labels,
    "shuffled": shuffled_labels,
}


def name_of(training: int, kind: str, labels: str) -> str:
    return f"{training}.{kind}.{labels}"


@lru_cache(maxsize=64)
def pretrained(kind: str, labels: str, training: int = 0, device: str = "cpu") -> DigitCNN | VisionTransformer:
    """One of the shipped ones."""
    return restored(KINDS[kind], NAME, device, own=f"{name_of(training, kind, labels)}.")


def measured(models: Mapping[tuple[int, str, str], nn.Module]) -> dict[str, float]:
    """Accuracy on held-out digits 0 to 4 under the names learned, the lowest and the highest of the trainings."""
    device = next(next(iter(models.values())).parameters()).device
    held_out = Digits(*(part.to(device) for part in first_classes(digits()[1])))
    found: dict[str, list[float]] = {}
    for (training, kind, labels), model in models.items():
        asked = renamed_labels(held_out, training) if labels == "renamed" else held_out
        found.setdefault(f"{kind}_{labels}", []).append(accuracy(model, asked))
    return extremes(found, "{which}_accuracy_{name}")


def main() -> None:
    options, learned, _ = begin(__doc__)
    plan, seconds = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), 0.0
    known = first_classes(learned)
    models: dict[tuple[int, str, str], nn.Module] = {}
    for kind, build in KINDS.items():
        for labels in LABELS:
            for training in range(TRAININGS):
                model = seeded(build, training, options.device)
                data = LABELS[labels](known, training)

                def loss(draws: torch.Generator, m: nn.Module = model, data: Digits = data) -> Tensor:
                    images, wanted = picked(data, options.batch or BATCH, draws)
                    logits, _ = m(shifted(images, draws))
                    return cross_entropy(logits.float(), wanted, label_smoothing=0.05)

                seconds += train(model, loss, dataclasses.replace(plan, seed=training))
                state = {name: weight.detach().half().float() for name, weight in model.state_dict().items()}
                models[training, kind, labels] = shipped(build, state).to(options.device)
    told = {
        "data": f"{DATA}; of these only the digits below {LEARNED_CLASSES}",
        "trainings": TRAININGS,
        "seconds": round(seconds, 1),
    }
    state = {f"{name_of(*key)}.{k}": w for key, model in models.items() for k, w in model.state_dict().items()}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {
    NAME: Made(
        lambda: measured(
            {
                (t, kind, labels): pretrained(kind, labels, t)
                for t in range(TRAININGS)
                for kind in KINDS
                for labels in LABELS
            }
        )
    )
}


if __name__ == "__main__":
    main()
