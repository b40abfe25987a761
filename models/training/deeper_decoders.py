"""A decoder of four layers, grown to six in several ways and trained on: ``python -m models.training.deeper_decoders``.

Two trainings of everything. The checkpoint holds the source, the overlapping copies after their continued training, and
the losses on the way of all. The card has the loss of six layers that learned from scratch on as many tokens as both
trainings together.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data import corpus
from models.language.evaluation import held_out_loss
from models.seeding import seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.metrics import held_out_rows
from models.training.next_tokens import windows
from models.training.options import arguments
from models.training.recipes import Made
from models.training.side_by_side import SideBySide
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.depth_upscaling import (
    grown_weights,
    repeated_layers,
    silenced,
)
from models.transformer.pretrained_deeper_decoders import (
    DEEPER,
    NAME,
    ORDERS,
    POINTS,
    SOURCE,
    TRAININGS,
    Kind,
    Layout,
    build,
    frozen,
    pretrained,
)

SILENT: Layout = "added layers silent"
TEXTS: corpus.Mixture = {"told": 30, "context_facts": 25, "mapping": 20, "stories": 25}
BATCH, CORPUS_TOKENS, ROWS = 12, 1_500_000, 64
PLAN = Plan(steps=1100, learning_rate=6e-3, warm_up=50, weight_decay=0.01, clip=1.0 * TRAININGS)
CONTINUED = dataclasses.replace(PLAN, steps=120, learning_rate=2e-3, warm_up=10, seed=1)


def continued(
    config: DecoderConfig, starts: Sequence[Mapping[str, Tensor]], stream: Tensor, plan: Plan, rows: Tensor
) -> tuple[list[Mapping[str, Tensor]], Tensor, float]:
    """Weights after training all ``starts`` side by side, the held-out losses (N, P) at POINTS, and the seconds."""
    models = [build(config)() for _ in starts]
    for model, start in zip(models, starts, strict=True):
        model.load_state_dict(start)
    together = SideBySide(models)

    def loss(draws: torch.Generator) -> Tensor:
        ids = torch.stack([windows(stream, BATCH, config.context + 1, draws) for _ in starts])  # (N, B, T + 1)
        return TRAININGS * cross_entropy(together(ids[..., :-1]).flatten(0, 2), ids[..., 1:].flatten())

    found: list[list[float]] = []

    def measure(step: int) -> None:
        if step in POINTS:
            found.append([held_out_loss(frozen(config, state), rows.split(32)) for state in together.states()])

    measure(0)
    seconds = train(together, loss, plan, measure)
    return together.states(), torch.tensor(found).T, seconds


def measured(models: Mapping[Kind, Sequence[Decoder]], rows: Tensor) -> dict[str, float]:
    """The held-out loss of each kind, nats per token, the lowest and the highest of the trainings."""
    found = {kind: [held_out_loss(model, rows.split(32)) for model in some] for kind, some in models.items()}
    return extremes(found)


def shipped() -> dict[Kind, list[Decoder]]:
    kinds: tuple[Kind, ...] = "source", "grown"
    return {kind: [pretrained(kind, training) for training in range(TRAININGS)] for kind in kinds}


def unseen() -> Tensor:
    return held_out_rows(TEXTS, SOURCE.context, ROWS)


CHECKPOINTS = {NAME: Made(lambda: measured(shipped(), unseen()))}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    more = dataclasses.replace(CONTINUED, steps=min(CONTINUED.steps, plan.steps))
    longer = dataclasses.replace(plan, steps=plan.steps + more.steps)
    stream = torch.from_numpy(corpus.tokens(TEXTS, min(CORPUS_TOKENS, 4 * plan.steps * BATCH * SOURCE.context), 0))
    rows = unseen()
    fresh = lambda config: [seeded(build(config), training).state_dict() for training in range(TRAININGS)]
    source, _, seconds = continued(SOURCE, fresh(SOURCE), stream, plan, rows)
    scratch, _, took = continued(DEEPER, fresh(DEEPER), stream, longer, rows)
    seconds += took
    lines, after = dict[str, Tensor](), dict[str, list[Mapping[str, Tensor]]]()
    for layout, order in ORDERS.items():
        starts = [grown_weights(weights, order) for weights in source]
        if layout == SILENT:
            starts = [silenced(weights, repeated_layers(order)) for weights in starts]
        after[layout], lines[layout], took = continued(DEEPER, starts, stream, more, rows)
        seconds += took
    _, lines["not grown"], took = continued(SOURCE, source, stream, more, rows)
    kinds: dict[Kind, list[Mapping[str, Tensor]]] = {"source": source, "grown": after["overlapping copies"]}
    state = {
        f"{kind}.{name}": torch.stack([one[name] for one in some]) for kind, some in kinds.items() for name in some[0]
    }
    models = {
        kind: [frozen(SOURCE if kind == "source" else DEEPER, one) for one in some] for kind, some in kinds.items()
    }
    told = {
        "data": {"tiny world": dict(TEXTS)},
        "architecture": {"source": dataclasses.asdict(SOURCE), "layers after": DEEPER.layers},
        "trainings": TRAININGS,
        "continued steps": more.steps,
        "tokens": (plan.steps + more.steps) * BATCH * SOURCE.context,
        "losses from scratch": [round(held_out_loss(frozen(DEEPER, one), rows.split(32)), 4) for one in scratch],
        "seconds": round(seconds + took, 1),
    }
    curve = {f"curve.{name}": line for name, line in lines.items()}
    finish(NAME, models["grown"][0], plan, options, measured(models, rows), state=state | curve, **told)


if __name__ == "__main__":
    main()
