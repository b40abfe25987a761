"""Loss curves of small decoders that differ in one part: ``python -m models.training.decoder_arms``.

Four hidden layers of equally many weights, ReLU, GELU, SwiGLU and GEGLU; and a second table for the output, whose tied
twin is the decoder with SwiGLU. Five trainings of each side by side, on the same texts in every arm. The checkpoint
holds no weights: under an arm's name its loss on held-out text (N, points), as two numbers whose sum is exact where one
in half precision would not be; under ``rows.same`` and ``rows.other`` how alike input and output rows are, for one
token and on average for two, under ``rows.pairs`` whether both tables say alike which tokens are alike; all (N,).

Papers: Shazeer 2020, "GLU Variants Improve Transformer", section 3 (the hidden size cut to two thirds); Press & Wolf
2017, "Using the Output Embedding to Improve Language Models".
"""

import dataclasses
from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.checkpoints import load_state
from models.data import corpus
from models.interpretability.row_cosines import row_cosines
from models.layers.geglu import GEGLU
from models.layers.swiglu import SwiGLU
from models.layers.ungated import GELULayer, ReLULayer
from models.parameter_count import parameter_count
from models.seeding import seeded
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.metrics import held_out_rows
from models.training.next_tokens import windows
from models.training.options import arguments
from models.training.recipes import Made
from models.training.side_by_side import SideBySide
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.untied_decoder import UntiedDecoder

NAME = "decoder_arms"
TRAININGS, ROWS, LENGTH = 5, 8, 64
HELD_OUT, EVERY, OFTEN = 64, 25, 10
"""Rows of held-out text; steps between two points of a curve; how often a token is in the corpus to be counted."""
PLAN = Plan(steps=600, learning_rate=5e-3, warm_up=50, weight_decay=0.01, clip=1.0 * TRAININGS)
MIXTURE, CORPUS = "base", 500_000

GATED = DecoderConfig(1024, 48, layers=2, heads=4, kv_heads=4, head_width=12, hidden=128, context=LENGTH)
PLAIN = dataclasses.replace(GATED, hidden=192)
ARMS: Mapping[str, Callable[[], Decoder]] = {
    "relu": lambda: Decoder(PLAIN, feed_forward=ReLULayer),
    "gelu": lambda: Decoder(PLAIN, feed_forward=GELULayer),
    "swiglu": lambda: Decoder(GATED, feed_forward=SwiGLU),
    "geglu": lambda: Decoder(GATED, feed_forward=GEGLU),
    "untied": lambda: UntiedDecoder(GATED),
}


def loss_of(models: SideBySide, stream: Tensor, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on windows of its own."""
    ids = windows(stream, TRAININGS * rows, LENGTH + 1, draws).unflatten(0, (TRAININGS, rows))
    return TRAININGS * cross_entropy(models(ids[..., :-1]).flatten(0, 2), ids[..., 1:].flatten())


@torch.no_grad()
def held_out_losses(models: SideBySide, ids: Tensor) -> Tensor:
    """Loss of N trainings on the same rows (B, T), nats per token: (N,)."""
    logits = models(ids[:, :-1].expand(TRAININGS, -1, -1))
    targets = ids[:, 1:].expand(TRAININGS, -1, -1)
    return cross_entropy(logits.permute(0, 3, 1, 2), targets, reduction="none").flatten(1).mean(dim=1)


def trained(build: Callable[[], Decoder], stream: Tensor, plan: Plan, rows: int) -> tuple[SideBySide, Tensor, float]:
    """Five trainings, their curve (N, points) from before the first step on, and the seconds."""
    models, ids = (
        SideBySide([seeded(build, seed) for seed in range(TRAININGS)]),
        held_out_rows(MIXTURE, LENGTH, HELD_OUT),
    )
    points = [held_out_losses(models, ids)]

    def keep(step: int) -> None:
        if step % EVERY == 0 or step == plan.steps:
            points.append(held_out_losses(models, ids))

    seconds = train(models, lambda draws: loss_of(models, stream, rows, draws), plan, keep)
    return models, torch.stack(points, dim=1), seconds


def rows_of(models: SideBySide, read: Tensor) -> dict[str, Tensor]:
    """Of the rows of the tokens ``read``: mean cosine of a token's input row with its output row, and with those of
    others; and the correlation of input rows' cosines with output rows' cosines, over all pairs of tokens. (N,) each.
    """
    found = []
    for state in models.states():
        E, U = state["embedding.weight"][read], state["to_logits.weight"][read]
        one, pairs = torch.eye(len(read), dtype=torch.bool), torch.ones(len(read), len(read)).triu(1).bool()
        cosines = row_cosines(E, U)
        alike = torch.stack([row_cosines(E, E)[pairs], row_cosines(U, U)[pairs]]).corrcoef()[0, 1]
        found.append(torch.stack([cosines[one].mean(), cosines[~one].mean(), alike]))
    return dict(zip(("rows.same", "rows.other", "rows.pairs"), torch.stack(found, dim=1), strict=True))


def halves(curve: Tensor) -> tuple[Tensor, Tensor]:
    """The curve rounded to half precision, and what that leaves."""
    return curve.half().float(), curve - curve.half().float()


def curve_of(state: Mapping[str, Tensor], arm: str) -> Tensor:
    """Held-out loss of an arm's trainings, nats per token: (N, points)."""
    return state[arm] + state[f"{arm}.rest"]


def measured(state: Mapping[str, Tensor]) -> dict[str, float]:
    """Last loss of each arm, mean and standard deviation of the five trainings, nats per token; and what rows have."""
    last = {arm: curve_of(state, arm)[:, -1] for arm in ARMS}
    means = {f"last loss, {arm}": loss.mean().item() for arm, loss in last.items()}
    spreads = {f"spread of last loss, {arm}": loss.std().item() for arm, loss in last.items()}
    return means | spreads | {name: state[name].mean().item() for name in ("rows.same", "rows.other", "rows.pairs")}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan, rows = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps), options.batch or ROWS
    count = min(CORPUS, 4 * plan.steps * rows * LENGTH)
    stream = torch.from_numpy(corpus.tokens(MIXTURE, count, plan.seed))
    state, seconds = dict[str, Tensor](), 0.0
    for arm, build in ARMS.items():
        models, curve, took = trained(build, stream, plan, rows)
        state[arm], state[f"{arm}.rest"] = halves(curve)
        seconds += took
        if arm == "untied":
            often = stream.bincount(minlength=GATED.vocabulary) >= OFTEN
            state |= rows_of(models, often.nonzero()[:, 0])
    finish(
        NAME, seeded(ARMS["swiglu"], 0), plan, options, measured(state), state=state,
        data={"tiny world": MIXTURE, "corpus tokens": count}, batch=rows, trainings=TRAININGS,
        tokens_compared=int((stream.bincount() >= OFTEN).sum()),
        weights={arm: parameter_count(seeded(build, 0)) for arm, build in ARMS.items()}, seconds=round(seconds, 1),
    )  # fmt: skip


CHECKPOINTS = {NAME: Made(lambda: measured(load_state(NAME)))}


if __name__ == "__main__":
    main()
