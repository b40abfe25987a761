"""What proposes tokens to the target, and how many of them it accepts in texts that it did not write."""

import copy
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.decoding.questions import Kind, padded, questions_of
from app.experiments.memo import memo
from app.experiments.text_model import TINY, TextModel, text_model
from models.language.held_out import packed
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw, tempered
from models.language.speculative import acceptance, followed
from models.seeding import generator
from models.serving.kv_cache import KVCache

ANSWERS = 16  # texts of each kind
ROWS, PREFIX, MOST = 48, 24, 8  # texts from which rounds begin, their length, and the most tokens proposed

DraftName = Literal["a small model", "a smaller model", "a model that copies", "the text so far"]
CHECKPOINTS: dict[DraftName, str] = {
    "a small model": "draft", "a smaller model": "decoder_small", "a model that copies": "decoder_medium",
}  # fmt: skip
LOOKUP: DraftName = "the text so far"
DRAFTS: tuple[DraftName, ...] = (*CHECKPOINTS, LOOKUP)


class Calls(NamedTuple):
    """Rounds of a draft, begun in many texts."""

    acceptance: float  # mean over all proposed tokens
    tokens: list[float]  # per call, with 1, 2, … MOST tokens proposed


def target_model(device: str) -> TextModel:
    return text_model(TINY, device)


@memo
@torch.inference_mode()
def asked(kind: Kind, seed: int, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Texts (B, T), where answers are to be said (N, 2), and the target's logits there (N, V)."""
    found = questions_of(kind, ANSWERS, seed)
    ids = padded(found, device)
    where = torch.tensor(
        [(row, at - 1) for row, one in enumerate(found) for a in one.answers for at in range(a.start, a.stop)]
    )
    return ids, where, target_model(device).decoder(ids)[0][where[:, 0], where[:, 1]]


@memo
@torch.inference_mode()
def at_answers(draft: DraftName, kind: Kind, temperature: float, seed: int, device: str) -> float:
    """Mean expected acceptance at the answers of that kind."""
    ids, where, z = asked(kind, seed, device)
    p = tempered(z, temperature).softmax(dim=-1)
    if draft == LOOKUP:
        q = torch.zeros_like(p)
        for row, (text, at) in zip(q, where.tolist(), strict=True):
            row[followed(ids[text, : at + 1].tolist(), 1)] = 1
    else:
        logits = pretrained(CHECKPOINTS[draft], device)(ids)[0]
        q = tempered(logits[where[:, 0], where[:, 1]], temperature).softmax(dim=-1)
    return acceptance(p, q).mean().item()


@memo
@torch.inference_mode()
def beginnings(seed: int, device: str) -> tuple[Tensor, KVCache]:
    """ROWS held-out texts (ROWS, PREFIX), and the target's cache of all of them but their last tokens."""
    rows = packed("recall", "evaluation", seed, ROWS, PREFIX).to(device)
    cache = target_model(device).decoder.new_cache()
    target_model(device).decoder(rows[:, :-1], cache)
    return rows, cache


@memo
@torch.inference_mode()
def acceptances(draft: DraftName, temperature: float, seed: int, device: str) -> Tensor:
    """min(1, p / q) of MOST tokens proposed after each of ROWS held-out texts, 0 where none was: (ROWS, MOST)."""
    ids, cache = beginnings(seed, device)
    tokens, q = proposed(draft, ids, temperature, generator(seed), device)
    new = torch.cat([ids[:, -1:], tokens[:, :-1].clamp(min=0)], dim=1)
    z = target_model(device).decoder(new, copy.deepcopy(cache))[0]  # (ROWS, MOST, V)
    p = tempered(z, temperature).softmax(dim=-1).gather(-1, tokens.clamp(min=0)[..., None])[..., 0]
    return torch.where(tokens < 0, 0.0, (p / q).clamp(max=1))


def proposed(
    draft: DraftName, ids: Tensor, temperature: float, dice: torch.Generator, device: str
) -> tuple[Tensor, Tensor]:
    """Tokens (B, MOST) after each text, −1 for none, and the probability (B, MOST) that the draft gave each."""
    if draft == LOOKUP:
        found = [followed(text, MOST) for text in ids.tolist()]
        tokens = torch.tensor([[*row, *[-1] * (MOST - len(row))] for row in found], device=device)
        return tokens, torch.ones_like(tokens, dtype=torch.float)
    model = pretrained(CHECKPOINTS[draft], device)
    cache, new, drawn, shares = model.new_cache(), ids, [], []
    for _ in range(MOST):
        z = tempered(model(new, cache)[0][:, -1], temperature)
        new = draw(z, dice)[:, None]
        drawn.append(new)
        shares.append(z.softmax(dim=-1).gather(1, new))
    return torch.cat(drawn, dim=1), torch.cat(shares, dim=1)


def calls(draft: DraftName, temperature: float, seed: int, device: str) -> Calls:
    a = acceptances(draft, temperature, seed, device).cpu()
    return Calls(a.mean().item(), (1 + a.cumprod(dim=1).cumsum(dim=1).mean(dim=0)).tolist())
