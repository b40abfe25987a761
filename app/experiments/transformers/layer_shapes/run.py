"""Wide and deep readers of equally many weights follow chains of pairs; what each layer of one of them attends to."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.chained_pairs import MOST_HOPS, SYMBOLS, Chained, chained
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.seeding import generator
from models.training import reader_recall
from models.training.cells import TRAININGS
from models.training.reader_shapes import HOPS, hop_accuracy, pretrained
from models.transformer.pair_reader import pairs_visible

ROWS, RECALL_ROWS = 128, 16
Shape = Literal["1 layer, width 64", "2 layers, width 44", "4 layers, width 32"]
ARMS: Mapping[str, str] = dict(
    zip(("1 layer, width 64", "2 layers, width 44", "4 layers, width 32"), HOPS, strict=True)
)
Pairs = Literal["as drawn", "in another order", "second symbols at random"]
SHOWN = ("GPT-2", "SmolLM2 135M", "Llama 3 8B", "Llama 3 70B", "GPT-3 175B", "DeepSeek 67B", "DeepSeek-V3")


class ShapeControls(Controls):
    shape: Shape = Field("2 layers, width 44", title="Shape", description="33\u00a0000 to 34\u00a0300 weights each")
    pairs: Pairs = Field("as drawn", title="Pairs in front of the questions")
    start: int = Field(
        0, ge=0, le=SYMBOLS - 1, title="Question shown", description="Number of the symbol that it starts at"
    )


class ShapeResult(NamedTuple):
    controls: ShapeControls
    accuracy: Tensor  # (3 shapes, 5 trainings, K hops)
    recall: Tensor  # (3 shapes, 5 trainings) of one of MANY pairs
    chain: Chained  # one ring with questions of two hops
    weights: Tensor  # (L, S) attention of the question shown to the pairs
    predicted: int
    training: int
    published: dict[str, tuple[int, int]]  # model → layers, width
    parameters: int

    @property
    def at(self) -> int:
        return list(ARMS).index(self.controls.shape)


def changed(ids: Tensor, pairs: Pairs, seed: int) -> Tensor:
    """Tokens (B, 2P, 2) with their P pairs changed and their questions as they were."""
    if pairs == "as drawn":
        return ids
    P, draws = ids.shape[1] // 2, generator(seed + 2)
    given = ids[:, :P]
    if pairs == "in another order":
        given = given[:, torch.randperm(P, generator=draws)]
    else:
        other = torch.randint(P, given.shape[:2], generator=draws)
        given = torch.stack([given[..., 0], other], dim=2)
    return torch.cat([given, ids[:, P:]], dim=1)


@memo
@torch.inference_mode()
def accuracies(pairs: Pairs, seed: int) -> Tensor:
    """On held-out rings: (3, 5, K)."""
    change = partial(changed, pairs=pairs, seed=seed)
    return torch.tensor(
        [[hop_accuracy(pretrained(arm, n), seed, ROWS, change) for n in range(TRAININGS)] for arm in ARMS.values()]
    )


@memo
@torch.inference_mode()
def recalls(pairs: Pairs, seed: int) -> Tensor:
    """On held-out rings of many pairs, by readers that were trained on such: (3, 5)."""
    change = partial(changed, pairs=pairs, seed=seed)
    return torch.tensor(
        [
            [
                reader_recall.accuracy(reader_recall.pretrained(arm, n), seed, RECALL_ROWS, change)
                for n in range(TRAININGS)
            ]
            for arm in ARMS.values()
        ]
    )


@torch.inference_mode()
def run(controls: ShapeControls, device: str) -> ShapeResult:
    """On the CPU whatever the device: models of at most 34,304 weights."""
    c, training = controls, controls.seed % TRAININGS
    model = pretrained(ARMS[c.shape], training)
    chain = chained(1, generator(c.seed + 1), most=2, fewest=2)
    chain = chain._replace(ids=changed(chain.ids, c.pairs, c.seed))
    logits, traces = model(chain.ids, pairs_visible(2 * SYMBOLS, SYMBOLS))
    weights = torch.stack([trace.attention.weights[0].mean(dim=0)[SYMBOLS + c.start, :SYMBOLS] for trace in traces])
    return ShapeResult(
        c, accuracies(c.pairs, c.seed), recalls(c.pairs, c.seed), chain, weights,
        int(logits[0, SYMBOLS + c.start].argmax()), training,
        {name: (CONFIGS[name].layers, CONFIGS[name].width) for name in SHOWN}, parameter_count(model),
    )  # fmt: skip


def measure(result: ShapeResult) -> Measurements:
    means = result.accuracy.mean(dim=1)  # (3, K)
    return {
        "one_hop_share": means[result.at, 0].item(),
        "two_hop_share": means[result.at, MOST_HOPS - 1].item(),
        "many_pairs_share": result.recall.mean(dim=1)[result.at].item(),
        "lowest_one_hop_share": min(means[:, 0].min().item(), result.recall.mean(dim=1).min().item()),
        "highest_one_hop_share": max(means[:, 0].max().item(), result.recall.mean(dim=1).max().item()),
        "one_hop_difference": (means[:, 0].max() - means[:, 0].min()).item(),
        "two_hop_difference": (means[:, -1].max() - means[:, -1].min()).item(),
        "this_training_two_hop_share": result.accuracy[result.at, result.training, -1].item(),
        "chance": 1 / SYMBOLS,
    }
