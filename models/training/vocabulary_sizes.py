"""Small decoders with vocabularies of 40 to 640 tokens: ``python -m models.training.vocabulary_sizes --order all``.

Three checkpoints, one for each order of the letters and words; in each, for every size, several trainings under
``<training>.<size>``. All sizes read the same text for equally many steps: equally many characters.
"""

import dataclasses
import math
from collections.abc import Mapping
from functools import cache, lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import load_card, restored
from models.data.letter_texts import ALPHABET, Order, windows
from models.seeding import seeded
from models.tokenization.byte_pair_encoding import Pair, learned
from models.tokenization.cuts import Cut, word_counts
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped
from models.transformer.decoder import Decoder, DecoderConfig

ORDERS: tuple[Order, ...] = "as written", "letters shuffled", "words shuffled"
BY_NAME = {order.replace(" ", "-"): order for order in ORDERS}
SIZES = 40, 80, 160, 320, 640
TRAININGS = 3
LENGTH, TEXTS, HELD_OUT = 160, 6000, 64
"""Characters of a text; texts to learn from, and held out."""
PLAN = Plan(steps=500, learning_rate=5e-3, warm_up=50, weight_decay=0.01, clip=1.0 * TRAININGS)
BATCH = 8


def name_of(order: Order) -> str:
    return f"vocabulary_sizes_{order.replace(' ', '_')}"


def merges_of(order: Order) -> list[Pair]:
    """All merges that the largest vocabulary needs; a smaller one takes the first of them."""
    counts = word_counts(windows(order, 0, TEXTS, LENGTH))
    return [merge.pair for merge in learned(counts, max(SIZES) - len(ALPHABET) - 1)]


def cut_of(merges: list[Pair], size: int) -> Cut:
    """A vocabulary of ``size`` tokens, the padding among them."""
    return Cut(ALPHABET, tuple(merges[: size - len(ALPHABET) - 1]))


@cache
def shipped_cut(order: Order, size: int) -> Cut:
    pairs = (merge.split("|") for merge in load_card(name_of(order))["merges"])
    return cut_of([(left, right) for left, right in pairs], size)


def config_of(size: int) -> DecoderConfig:
    return DecoderConfig(size, 32, layers=2, heads=2, kv_heads=1, head_width=16, hidden=80, context=LENGTH)


def rows_of(cut: Cut, given: list[str]) -> Tensor:
    """Ids (N, T + 1) of texts, opened and padded by the last token."""
    read = [cut.ids(text) for text in given]
    ids = torch.full((len(given), max(map(len, read)) + 1), len(cut.tokens) - 1)  # (N, T + 1)
    for row, found in zip(ids, read):
        row[1 : len(found) + 1] = torch.tensor(found)
    return ids


def loss_of(models: SideBySide, ids: Tensor, padding: int, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses per token, each on texts of its own."""
    read = ids[torch.randint(len(ids), (TRAININGS, rows), generator=draws, device=ids.device)]
    T = int((read[..., 1:] != padding).any(dim=0).any(dim=0).nonzero().max()) + 2
    logits = models(read[..., : T - 1])
    return TRAININGS * cross_entropy(logits.flatten(0, 2), read[..., 1:T].flatten(), ignore_index=padding)


@torch.inference_mode()
def total_nats(model: Decoder, cut: Cut, given: list[str]) -> tuple[float, int]:
    """The loss of all tokens of some texts together, and how many these are."""
    ids, padding = rows_of(cut, given).to(model.embedding.weight.device), len(cut.tokens) - 1
    logits = model(ids[:, :-1])[0]
    loss = cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), ignore_index=padding, reduction="sum")
    return loss.item(), int((ids[:, 1:] != padding).sum())


def characters(given: list[str]) -> int:
    """Characters of the texts, with the space in front that each is read with."""
    return sum(len(text) + 1 for text in given)


def measured(models: Mapping[tuple[int, int], Decoder], cuts: Mapping[int, Cut], order: Order) -> dict[str, float]:
    """Loss per token and bits per character of each size, the lowest and the highest of the trainings."""
    texts, found = windows(order, UNSEEN, HELD_OUT, LENGTH), dict[str, list[float]]()
    for (_, size), model in models.items():
        nats, tokens = total_nats(model, cuts[size], texts)
        found.setdefault(f"nats per token, {size}", []).append(nats / tokens)
        found.setdefault(f"bits per character, {size}", []).append(nats / math.log(2) / characters(texts))
    return extremes(found, "{which} {name}")


@lru_cache(maxsize=64)
def pretrained(order: Order, size: int, training: int = 0, device: str = "cpu") -> Decoder:
    """One of the shipped ones; share it."""
    return restored(lambda: Decoder(config_of(size)), name_of(order), device, own=f"{training}.{size}.")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--order", choices=[*BY_NAME, "all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    for order in ORDERS if options.order == "all" else (BY_NAME[options.order],):
        merges, models, seconds = merges_of(order), dict[tuple[int, int], Decoder](), 0.0
        cuts = {size: cut_of(merges, size) for size in SIZES}
        for size, cut in cuts.items():
            build = lambda size=size: Decoder(config_of(size))
            ids = rows_of(cut, windows(order, 0, TEXTS, LENGTH)).to(options.device)
            together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)]).to(options.device)
            loss = lambda draws, m=together, i=ids, p=size - 1: loss_of(m, i, p, options.batch or BATCH, draws)
            seconds += train(together, loss, plan)
            models |= {(n, size): shipped(build, state) for n, state in enumerate(together.states())}
        state = {f"{n}.{size}.{name}": w for (n, size), m in models.items() for name, w in m.state_dict().items()}
        finish(
            name_of(order), nn.ModuleList(models.values()), plan, options, measured(models, cuts, order), state=state,
            data=f"{TEXTS} texts of the tiny world of {LENGTH} characters, {order}", sizes=SIZES,
            merges=list(map("|".join, merges)), trainings=TRAININGS, seconds=round(seconds, 1),
        )  # fmt: skip


def loaded(order: Order) -> dict[str, float]:
    models = {(n, size): pretrained(order, size, n) for n in range(TRAININGS) for size in SIZES}
    return measured(models, {size: shipped_cut(order, size) for size in SIZES}, order)


CHECKPOINTS = {
    name_of(order): Made(lambda order=order: loaded(order), f"--order {order.replace(' ', '-')}") for order in ORDERS
}


if __name__ == "__main__":
    main()
