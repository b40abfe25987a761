"""Hyena on random keys and their values, padded, circular and without gates: ``python -m models.training.hyena_pairs``.

Five trainings of each; all lie in one checkpoint under ``padded``, ``circular`` and ``ungated``.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.keys_said_again import SYMBOLS, Pairs, texts
from models.language.evaluation import token_losses
from models.layers.swiglu import SwiGLU
from models.seeding import generator
from models.statespace.hyena import Hyena, ImplicitFilter, UngatedHyena, circular, padded
from models.statespace.hyena_changes import BoundedHyena
from models.statespace.sequence_model import SequenceModel
from models.training.cells import TRAININGS, Kind, all_trained, apart, plan_of, restored, shipped, tried
from models.training.finish import finish
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide

NAME = "hyena_pairs"
WIDTH, LAYERS, HIDDEN = 24, 2, 48
PAIRS, BATCH, HELD_OUT = 16, 8, 64
PLAN = plan_of(600)
MIXERS: Mapping[str, Callable[[int], nn.Module]] = {
    "padded": partial(Hyena, longest=2 * PAIRS, convolve=padded),
    "circular": partial(Hyena, longest=2 * PAIRS, convolve=circular),
    "ungated": partial(UngatedHyena, longest=2 * PAIRS, convolve=padded),
}


def build_of(mixer: Callable[[int], nn.Module]) -> Callable[[], SequenceModel]:
    return partial(SequenceModel, SYMBOLS, WIDTH, LAYERS, HIDDEN, mixer, SwiGLU, lambda width: nn.Identity())


KINDS = {kind: build_of(mixer) for kind, mixer in MIXERS.items()}


def started(model: SequenceModel) -> None:
    for layer in model.modules():
        if isinstance(layer, ImplicitFilter):
            layer.start()


def loss(models: SideBySide, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses at each step, each on texts of its own."""
    (ids,) = apart((texts(TRAININGS * BATCH, PAIRS, draws).ids,))
    return TRAININGS * cross_entropy(models(ids[..., :-1]).flatten(0, 2), ids[..., 1:].flatten())


@torch.inference_mode()
def whole(model: SequenceModel, pairs: Pairs) -> Tensor:
    """−ln p of every next symbol when the text is read at once, as in training: (B, T − 1)."""
    logits = model(pairs.ids[:, :-1])[0]  # (B, T − 1, V)
    return token_losses(nn.functional.pad(logits, (0, 0, 0, 1)), pairs.ids)


@torch.inference_mode()
def by_token(model: SequenceModel, pairs: Pairs) -> Tensor:
    """The same when only what precedes a symbol is read, as in generation: (B, T − 1)."""
    T = pairs.ids.shape[1]
    last = torch.stack([model(pairs.ids[:, :t])[0][:, -1] for t in range(1, T)], dim=1)  # (B, T − 1, V)
    return token_losses(nn.functional.pad(last, (0, 0, 0, 1)), pairs.ids)


def measured(models: Mapping[str, list[SequenceModel]]) -> dict[str, float]:
    """The highest loss of the trainings beyond the least possible one, at once and token by token."""
    pairs = texts(HELD_OUT, PAIRS, generator(UNSEEN))
    least = pairs.entropy[:, 1:].mean().item()
    highest = lambda read, some: max(read(model, pairs).mean().item() for model in some)
    return {
        f"{kind}_highest_loss_{name}_beyond_entropy": highest(read, trainings) - least
        for kind, trainings in models.items()
        for name, read in {"whole": whole, "by_token": by_token}.items()
    }


@lru_cache(maxsize=32)
def pretrained(kind: str, training: int, device: str = "cpu") -> SequenceModel:
    """One training of ``padded``, ``circular`` or ``ungated``; share it."""
    return restored(NAME, kind, KINDS[kind], training).to(device)


@lru_cache(maxsize=16)
def bounded(kind: str, training: int, device: str = "cpu") -> SequenceModel:
    """The weights of ``padded`` or ``circular``, whose gates then go through tanh; share it."""
    mixer = partial(BoundedHyena, longest=2 * PAIRS, convolve={"padded": padded, "circular": circular}[kind])
    return restored(NAME, kind, build_of(mixer), training).to(device)


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, snapshots = tried(PLAN, options.steps, (options.steps or PLAN.steps,))
    made = all_trained({kind: Kind(build, loss, started) for kind, build in KINDS.items()}, plan, snapshots)
    told = {
        "data": f"texts of {PAIRS} pairs of a random key and its value, fresh at every step",
        "architecture": {"width": WIDTH, "layers": LAYERS},
    } | made.told
    finish(NAME, made.one_of_each(), plan, options, measured(made.models), state=made.state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(KINDS, pretrained)))}


if __name__ == "__main__":
    main()
