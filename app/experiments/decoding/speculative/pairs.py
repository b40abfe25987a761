"""Two tokens sampled by a rule of acceptance, many times, beside the target's own probabilities."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.decoding.speculative.drafts import CHECKPOINTS, LOOKUP, DraftName, target_model
from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.tiny_world import world
from models.language.exactness import ChiSquare, chi_square, verified_tokens
from models.language.pretrained_decoders import pretrained
from models.language.sampling import tempered
from models.language.speculative import Accept, Replacement, accepted, followed, residual
from models.seeding import generator
from models.tokenization.tokenizer import END, decode, ids_of

SAMPLES, FIRST, SHOWN = 20_000, 64, 10  # sampled pairs, first tokens that are followed up, pairs shown

Rule = Literal[
    "as published", "every token accepted", "the target’s p after a rejection", "the draft takes its likeliest token"
]
LIKELIEST: Rule = "the draft takes its likeliest token"


class Pairs(NamedTuple):
    """Two tokens after a beginning, sampled many times."""

    beginning: str
    words: list[str]  # of the SHOWN likeliest pairs
    target: Tensor  # (SHOWN,) probability of each
    draft: Tensor  # (SHOWN,)
    sampled: Tensor  # (SHOWN,) share
    test: ChiSquare


def always(p_x: Tensor, q_x: Tensor, u: Tensor) -> Tensor:
    return torch.ones_like(u, dtype=torch.bool)


def target_itself(p: Tensor, q: Tensor) -> Tensor:
    return p


def parts_of(rule: Rule) -> tuple[Accept, Replacement]:
    return (
        always if rule == "every token accepted" else accepted,
        target_itself if rule == "the target’s p after a rejection" else residual,
    )


@memo
@torch.inference_mode()
def tables(draft: DraftName, temperature: float, seed: int, device: str) -> tuple[str, Tensor, Tensor, Tensor, Tensor]:
    """A name; after it p, q (V,); after each of the FIRST likeliest tokens behind it p, q (FIRST, V)."""
    people = sorted({fact.subject for fact in world().facts if fact.relation == "home"})
    word = Dice(f"speculative {seed}").pick(people)
    ids = torch.tensor([[END, *ids_of(word)]], device=device)
    target = target_model(device).decoder
    p0 = tempered(target(ids)[0][0, -1], temperature).softmax(dim=-1)
    rows = torch.cat([ids.expand(FIRST, -1), p0.topk(FIRST).indices[:, None]], dim=1)
    p1 = tempered(target(rows)[0][:, -1], temperature).softmax(dim=-1)
    if draft == LOOKUP:
        q0, q1 = torch.zeros_like(p0), torch.zeros_like(p1)  # so short a text repeats nothing
        for row, text in zip(q1, rows.tolist(), strict=True):
            row[followed(text, 1)] = 1
    else:
        model = pretrained(CHECKPOINTS[draft], device)
        q0, q1 = (tempered(model(at)[0][:, -1], temperature).softmax(dim=-1) for at in (ids, rows))
        q0 = q0[0]
    return word, p0, q0, p1, q1


@memo
def pairs(draft: DraftName, rule: Rule, temperature: float, seed: int, device: str) -> Pairs:
    """SAMPLES texts of two tokens, each token tested as the rule says, beside the target's probabilities."""
    word, *found = tables(draft, temperature, seed, device)
    p0, q0, p1, q1 = (part.double().cpu() for part in found)
    dice, (accept, replacement) = generator(seed), parts_of(rule)

    def some(p: Tensor, q: Tensor, count: int) -> Tensor:
        if not q.any():  # nothing is proposed: the call gives the target's own token
            return torch.multinomial(p, count, replacement=True, generator=dice)
        x = q.argmax().expand(count) if rule == LIKELIEST else torch.multinomial(q, count, True, generator=dice)
        return verified_tokens(p, q, x, dice, accept, replacement)

    first, likeliest = some(p0, q0, SAMPLES), p0.topk(FIRST).indices
    counts = torch.zeros_like(p1)  # (FIRST, V)
    for row, token in enumerate(likeliest.tolist()):
        count = int((first == token).sum())
        if count:
            counts[row] = some(p1[row], q1[row], count).bincount(minlength=p1.shape[1])
    expected = SAMPLES * p0[likeliest, None] * p1
    others = SAMPLES - torch.stack([counts.sum(), expected.sum()])
    test_found = chi_square(*(torch.cat([t.flatten(), other[None]]) for t, other in zip((counts, expected), others)))
    top = expected.flatten().topk(SHOWN).indices
    behind, token = top // p1.shape[1], top % p1.shape[1]
    return Pairs(
        word,
        [decode([int(likeliest[r]), int(t)]) for r, t in zip(behind, token)],
        expected.flatten()[top] / SAMPLES,
        q0[likeliest[behind]] * q1[behind, token],
        counts.flatten()[top] / SAMPLES,
        test_found,
    )
