"""RWKV and retention on facts near and far: ``python -m models.training.fading_memories --kind rwkv``.

Five trainings of a kind lie in one checkpoint.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.facts_at_a_distance import NOT_ASKED, SYMBOLS, Facts, texts
from models.layers.swiglu import SwiGLU
from models.layers.token_shift import TokenShift
from models.seeding import generator
from models.statespace.retention import MultiScaleRetention, short_text_decays
from models.statespace.rwkv import factored
from models.statespace.rwkv_model import RWKV
from models.statespace.sequence_model import SequenceModel
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

WIDTH, LAYERS, HIDDEN, HEADS = 32, 2, 64, 4
SLOTS, BATCH, HELD_OUT = 32, 8, 256
PLANS = {"rwkv": plan_of(1500), "retention": plan_of(1300, 6e-3)}
NEAR, FAR = 8, 32
"""A fact is near if it was stated fewer than so many tokens ago, and far from so many on."""


def rwkv() -> RWKV:
    return RWKV(SYMBOLS, WIDTH, LAYERS, HIDDEN, factored)


def retention() -> SequenceModel:
    mixer = partial(MultiScaleRetention, heads=HEADS, rates=short_text_decays)
    return SequenceModel(SYMBOLS, WIDTH, LAYERS, HIDDEN, mixer, SwiGLU, TokenShift)


KINDS: Mapping[str, Callable[[], nn.Module]] = {"rwkv": rwkv, "retention": retention}
NAMES = {kind: f"facts_{kind}" for kind in KINDS}
"""Kind → checkpoint."""


def started(model: nn.Module) -> None:
    for layer in model.modules():
        if isinstance(layer, RWKV | TokenShift):
            layer.start()


def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses at each step, each on texts of its own."""
    drawn = texts(TRAININGS * BATCH, SLOTS, draws)
    ids, targets = apart((drawn.ids, drawn.targets))
    return TRAININGS * cross_entropy(models(ids).flatten(0, 2), targets.flatten(), ignore_index=NOT_ASKED)


@torch.inference_mode()
def answers(model: nn.Module, facts: Facts) -> Tensor:
    """The likeliest symbol behind each: (B, T)."""
    found: Tensor = model(facts.ids)[0].argmax(dim=-1)
    return found


def right(model: nn.Module, facts: Facts) -> Tensor:
    """Where the likeliest symbol is the answer: (B, T), false where nothing is asked."""
    return answers(model, facts) == facts.targets


def accuracy(answered: Tensor, facts: Facts, least: int = 1, below: int = 10**6) -> float:
    """The share of right answers among facts stated at least ``least`` and fewer than ``below`` tokens ago."""
    return answered[(facts.distance >= least) & (facts.distance < below)].float().mean().item()


def measured(models: Mapping[str, list[nn.Module]]) -> dict[str, float]:
    """The lowest share of right answers of the trainings, near and far."""
    facts = texts(HELD_OUT, SLOTS, generator(UNSEEN))
    found = {kind: [right(model, facts) for model in trainings] for kind, trainings in models.items()}
    return {
        f"{kind}_lowest_accuracy_{name}": min(accuracy(one, facts, *limits) for one in answered)
        for kind, answered in found.items()
        for name, limits in {"near": (1, NEAR), "far": (FAR,)}.items()
    }


@lru_cache(maxsize=32)
def pretrained(kind: str, training: int, device: str = "cpu") -> nn.Module:
    """One training of ``rwkv`` or ``retention``; share it."""
    return restored(NAMES[kind], kind, KINDS[kind], training).to(device)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kind", choices=list(KINDS), default="rwkv")
    options = parser.parse_args()
    torch.set_num_threads(1)
    plan = PLANS[options.kind]
    plan, snapshots = tried(plan, options.steps, (options.steps or plan.steps,))
    made = all_trained({options.kind: Kind(KINDS[options.kind], loss, started)}, plan, snapshots)
    told = {
        "data": f"texts of {2 * SLOTS} symbols with facts stated and asked for, fresh at every step",
        "architecture": {"width": WIDTH, "layers": LAYERS},
    } | made.told
    finish(NAMES[options.kind], made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


CHECKPOINTS = {
    NAMES[kind]: Made(lambda kind=kind: measured(shipped([kind], lambda _, n: pretrained(kind, n))), f"--kind {kind}")
    for kind in KINDS
}


if __name__ == "__main__":
    main()
