"""Small decoders of people who are named often or seldom: ``python -m models.training.word_frequencies``.

Three shares of the names, three trainings of each, all side by side and kept at points of their way. A weight of the
checkpoint is (K, N, S, …): shares of names, trainings, snapshots.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.checkpoints import load_state
from models.data.corpus import encoded
from models.data.named_by_frequency import FREQUENCIES, Frequencies, questions, ranked, stream
from models.language.evaluation import accuracy
from models.layers.swiglu import SwiGLU
from models.seeding import seeded
from models.training.cells import one_of
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.next_tokens import windows
from models.training.options import arguments
from models.training.recipes import Made
from models.training.side_by_side import SideBySide
from models.transformer.decoder import Decoder, DecoderConfig

NAME = "word_frequencies"
CONFIG = DecoderConfig(vocabulary=1024, width=32, layers=1, heads=2, kv_heads=2, head_width=16, hidden=64, context=24)
TRAININGS, SNAPSHOTS = 3, (300, 600, 1200, 2400)
BATCH, CORPUS_TOKENS = 16, 400_000
MEASURED = 1
TOGETHER = len(FREQUENCIES) * TRAININGS
PLAN = Plan(steps=SNAPSHOTS[-1], learning_rate=3e-3, warm_up=50, clip=1.0 * TOGETHER)


def build() -> Decoder:
    return Decoder(CONFIG, None, SwiGLU)


def model_of(weights: Mapping[str, Tensor], frequencies: Frequencies, training: int, snapshot: int) -> Decoder:
    """One of the models: which shares of the names, which training, and at which of SNAPSHOTS."""
    own = {name: weight[FREQUENCIES.index(frequencies)] for name, weight in weights.items()}
    return one_of(own, build, training, snapshot)


def recall(model: Decoder, people: Sequence[str]) -> list[float]:
    """The share of each person’s facts that the model completes, in all their forms."""
    return [accuracy(model, list(map(encoded, questions(who)))) for who in people]


def measured(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Recall of the 12 people named most and least often, mean over trainings, at the second snapshot."""
    found = {}
    for frequencies in FREQUENCIES:
        rows = [
            recall(model_of(weights, frequencies, training, MEASURED), ranked(frequencies, training))
            for training in range(TRAININGS)
        ]
        name = frequencies.replace(",", "").replace(" ", "_")
        found[f"recall_first_12_{name}"] = sum(sum(row[:12]) for row in rows) / (12 * TRAININGS)
        found[f"recall_last_12_{name}"] = sum(sum(row[-12:]) for row in rows) / (12 * TRAININGS)
    return found


CHECKPOINTS = {NAME: Made(lambda: measured(load_state(NAME)))}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    kept_at = [step for step in SNAPSHOTS if step <= plan.steps]
    if len(kept_at) <= MEASURED:  # a recipe that is only tried out
        kept_at = [1, plan.steps]
    each = [(frequencies, training) for frequencies in FREQUENCIES for training in range(TRAININGS)]
    texts = [torch.tensor(stream(*one, CORPUS_TOKENS)) for one in each]
    together = SideBySide([seeded(build, training) for _, training in each])
    kept: list[list[Tensor]] = []

    def loss(draws: torch.Generator) -> Tensor:
        ids = torch.stack([windows(text, BATCH, CONFIG.context + 1, draws) for text in texts])  # (K·N, B, T + 1)
        logits = together(ids[..., :-1])
        return cross_entropy(logits.flatten(0, 2), ids[..., 1:].flatten()) * TOGETHER

    def keep(step: int) -> None:
        if step in kept_at:
            kept.append([weight.detach().half().unflatten(0, (len(FREQUENCIES), -1)) for weight in together.stacked])

    seconds = train(together, loss, plan, keep)
    state = {name: torch.stack(list(some), dim=2) for name, some in zip(together.names, zip(*kept))}
    told = {
        "data": f"statements on 48 people, {', '.join(FREQUENCIES)}",
        "architecture": dataclasses.asdict(CONFIG),
        "snapshots": kept_at,
        "tokens": plan.steps * BATCH * CONFIG.context,
        "seconds": round(seconds, 1),
    }
    finish(NAME, together, plan, options, measured(state), state=state, **told)


if __name__ == "__main__":
    main()
