"""Judged pairs of replies as rows of tokens, for a reward model and for direct preference optimisation."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor

from models.data.preferences import Pair, asked_facts, pairs, pairs_among, prompt
from models.data.world import Fact
from models.language.chat_turns import is_reply, with_one_end
from models.language.sampling import draw
from models.seeding import generator
from models.tokenization.tokenizer import END, ids_of
from models.training.tuning import padded_rows, replies
from models.transformer.decoder import Decoder
from models.tuning.direct_preference import reply_log_probability

LENGTH, STEPS = 24, 12  # tokens of prompt and reply, and of a reply


class Read(NamedTuple):
    """Prompt and reply of one side of every pair."""

    ids: Tensor  # (N, T)
    last: Tensor  # (N,) the place of the end token
    reply: Tensor  # (N, T) True on the tokens of the reply

    def at(self, rows: Tensor) -> "Read":
        return Read(*(part[rows] for part in self))


def read(texts: list[str], device: str) -> Read:
    rows = [[END, *ids_of(text), END] for text in texts]
    ids = padded_rows(rows, LENGTH).to(device)
    return Read(ids, torch.tensor([len(row) - 1 for row in rows], device=device), is_reply(ids))


Judged = tuple[list[Pair], Read, Read]
"""Pairs, and their chosen and rejected sides as tokens."""


def as_tokens(endless: Iterable[Pair], count: int, device: str) -> Judged:
    drawn = list(islice(endless, count))
    chosen = read([f"{pair.prompt} {pair.chosen}" for pair in drawn], device)
    rejected = read([f"{pair.prompt} {pair.rejected}" for pair in drawn], device)
    return drawn, chosen, rejected


def judged(count: int, seed: int, held_out: bool, device: str) -> Judged:
    """``count`` pairs of replies of any kind, whoever would say them."""
    return as_tokens(pairs(seed, held_out), count, device)


def own_replies(model: Decoder, facts: Iterable[Fact], each: int, seed: int) -> dict[Fact, list[str]]:
    """``each`` replies of the model to the question about every fact, drawn as it would say them: temperature 1."""
    asked, draws = [fact for fact in facts for _ in range(each)], generator(seed)
    texts = replies(model, [prompt(fact) for fact in asked], STEPS, lambda logits, _: draw(with_one_end(logits), draws))
    said: dict[Fact, list[str]] = {}
    for fact, text in zip(asked, texts, strict=True):
        said.setdefault(fact, []).append(text)
    return said


def judged_own(model: Decoder, count: int, each: int, seed: int, held_out: bool, device: str) -> Judged:
    """``count`` pairs among ``each`` replies of the model itself to every question."""
    return as_tokens(pairs_among(own_replies(model, asked_facts(held_out), each, seed), seed), count, device)


def log_probability(model: Decoder, side: Read) -> Tensor:
    """log π(reply | prompt) of every row, in nats: (N,)."""
    return reply_log_probability(with_one_end(model(side.ids)[0].float()), side.ids, side.reply)


@torch.inference_mode()
def reference_of(model: Decoder, side: Read, batch: int = 256) -> Tensor:
    """The same by the model as it is now, kept for later."""
    parts = torch.arange(len(side.ids), device=side.ids.device).split(batch)
    return torch.cat([log_probability(model, side.at(rows)) for rows in parts]).clone()
