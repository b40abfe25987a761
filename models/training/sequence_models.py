"""Four ways to carry a sequence, on the same two tasks: ``python -m models.training.sequence_models --kind mamba``.

Selective state space, retention, gated recurrence and attention learn to copy past noise and to recall values by key.
"""

import dataclasses

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data.symbol_sequences import NOT_ASKED, SYMBOLS, Sequences, recall, selective_copy
from models.language import pretrained_text_models as texts
from models.layers.token_shift import TokenShift
from models.seeding import generator, seeded
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


def started(kind: str, seed: int, device: str) -> SequenceModel:
    """A model before training; some layers have first values of their own."""
    model = seeded(lambda: sequence_model(kind, SYMBOLS), seed)
    for layer in model.modules():
        if isinstance(layer, Mamba | TokenShift):
            layer.start()
    return model.to(device)


def mixed_batch(rows: int, draws: torch.Generator) -> Sequences:
    """Half the rows to copy and half to recall, as many at every difficulty."""
    share = rows // (len(COPIED) + len(PAIRS))
    parts = [selective_copy(share, LENGTH, symbols, draws) for symbols in COPIED]
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


def measured(model: SequenceModel) -> dict[str, float]:
    """Copying at the trained length and beyond, recall by the number of pairs."""
    draws = generator(UNSEEN)
    copied = {
        f"copy_accuracy_{length}_tokens": accuracy(model, selective_copy(HELD_OUT, length, 8, draws))
        for length in (LENGTH, 2 * LENGTH, 4 * LENGTH)
    }
    return copied | {
        f"recall_accuracy_{pairs}_pairs": accuracy(model, recall(HELD_OUT, max(LENGTH, 4 * pairs), pairs, draws))
        for pairs in (*PAIRS, 12, 16)
    }


def make(kind: str, options: object) -> None:
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch = options.batch or BATCH
    model = started(kind, plan.seed, options.device)
    seconds = train(model, lambda draws: loss_of(model, *mixed_batch(batch, draws)), plan)
    told = {
        "data": "symbol sequences: selective copy and recall, fresh at every step",
        "architecture": {"kind": kind, "vocabulary": SYMBOLS},
        "tokens": plan.steps * batch * LENGTH,
        "seconds": round(seconds, 1),
    }
    finish(f"sequence_{kind}", rounded(model), plan, options, measured(model), **told)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for kind in KINDS if options.kind == "all" else [options.kind]:
        make(kind, options)


CHECKPOINTS = {
    f"sequence_{kind}": Made(lambda kind=kind: measured(texts.sequence(kind)), f"--kind {kind}") for kind in KINDS
}


if __name__ == "__main__":
    main()
