"""Five ways to carry a sequence, on the same two tasks: ``python -m models.training.sequence_models --kind mamba``.

Selective and fixed state space, retention, gated recurrence and attention learn to copy past noise and to recall values
by key. One more, ``s4d_delayed``, is the fixed one with every symbol the same number of tokens before its copy.
"""

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data.symbol_sequences import NOT_ASKED, SYMBOLS, Sequences, delayed_copy, recall, selective_copy
from models.language import pretrained_text_models as texts
from models.layers.token_shift import TokenShift
from models.seeding import generator, seeded
from models.statespace.fixed_block import FixedBlock
from models.statespace.mamba import Mamba
from models.statespace.sequence_model import KINDS, SequenceModel, sequence_model
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

PLAN = Plan(steps=3000, learning_rate=3e-3, warm_up=200, weight_decay=0.05)
BATCH, LENGTH = 48, 32
COPIED, PAIRS = (2, 4, 8), (2, 4, 8)
HELD_OUT = 256

Copying = Callable[[int, int, int, torch.Generator], Sequences]
"""Rows, length, symbols and draws → sequences to copy."""

TRAININGS: dict[str, tuple[str, Copying]] = {
    **{kind: (kind, selective_copy) for kind in KINDS},
    "s4d_delayed": ("s4d", delayed_copy),
}
"""Training → the kind of its layers, and what it learns to copy."""


def started(kind: str, seed: int, device: str) -> SequenceModel:
    """A model before training; some layers have first values of their own."""
    model = seeded(lambda: sequence_model(kind, SYMBOLS), seed)
    for layer in model.modules():
        if isinstance(layer, Mamba | FixedBlock | TokenShift):
            layer.start()
    return model.to(device)


def mixed_batch(rows: int, copying: Copying, draws: torch.Generator) -> Sequences:
    """Half the rows to copy and half to recall, as many at every difficulty."""
    share = rows // (len(COPIED) + len(PAIRS))
    parts = [copying(share, LENGTH, symbols, draws) for symbols in COPIED]
    parts += [recall(share, LENGTH, pairs, draws) for pairs in PAIRS]
    return Sequences(*(torch.cat(same) for same in zip(*parts)))


def loss_of(model: SequenceModel, inputs: Tensor, targets: Tensor) -> Tensor:
    logits, _ = model(inputs)
    return cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=NOT_ASKED)


@torch.inference_mode()
def accuracy(model: SequenceModel, sequences: Sequences) -> float:
    """The share of known symbols that are the likeliest."""
    device = model.embedding.weight.device
    logits, _ = model(sequences.inputs.to(device))
    right = (logits.argmax(-1).cpu() == sequences.targets)[sequences.targets != NOT_ASKED]
    return right.float().mean().item()


def measured(model: SequenceModel, copying: Copying) -> dict[str, float]:
    """Copying at the trained length and beyond, recall by the number of pairs."""
    draws = generator(UNSEEN)
    copied = {
        f"copy_accuracy_{length}_tokens": accuracy(model, copying(HELD_OUT, length, 8, draws))
        for length in (LENGTH, 2 * LENGTH, 4 * LENGTH)
    }
    return copied | {
        f"recall_accuracy_{pairs}_pairs": accuracy(model, recall(HELD_OUT, max(LENGTH, 4 * pairs), pairs, draws))
        for pairs in (*PAIRS, 12, 16)
    }


def make(training: str, options: object) -> None:
    kind, copying = TRAININGS[training]
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch = options.batch or BATCH
    model = started(kind, plan.seed, options.device)
    seconds = train(model, lambda draws: loss_of(model, *mixed_batch(batch, copying, draws)), plan)
    told = {
        "data": f"symbol sequences: {copying.__name__.replace('_', ' ')} and recall, fresh at every step",
        "architecture": {"kind": kind, "vocabulary": SYMBOLS},
        "tokens": plan.steps * batch * LENGTH,
        "seconds": round(seconds, 1),
    }
    finish(f"sequence_{training}", rounded(model), plan, options, measured(model, copying), **told)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kind", choices=[*TRAININGS, "all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for training in TRAININGS if options.kind == "all" else [options.kind]:
        make(training, options)


CHECKPOINTS = {
    f"sequence_{name}": Made(
        lambda name=name, copying=copying: measured(texts.sequence(name), copying), f"--kind {name}"
    )
    for name, (_, copying) in TRAININGS.items()
}


if __name__ == "__main__":
    main()
