"""The trained decoder that pages on a model's parts change, and what they ask it: held-out text, and facts."""

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text_model import CHECKPOINT
from models.data.fact_prompts import Prompts, stated, stored
from models.language.held_out import mixture_of, packed

SENTENCE = "Ada lives in Lund . Ben lives in Oslo . Ada lives in"
PROMPTS = 64


@memo
def prompts(seed: int) -> tuple[Prompts, Prompts]:
    """``PROMPTS`` facts stated in the text, and as many that only training stated, drawn from ``seed``."""
    return stated(PROMPTS, seed), stored(PROMPTS, seed)


def at_the_end(x: Tensor, asked: Prompts) -> Tensor:
    """States or logits (N, T, …) where the answer is due: (N, …)."""
    return x[torch.arange(len(x)), asked.end.to(x.device)]


def right_share(z: Tensor, asked: Prompts) -> float:
    """The share of prompts whose answer has the largest of the logits (N, V)."""
    return (z.argmax(dim=-1).cpu() == asked.answer).float().mean().item()


def held_out(rows: int, length: int, seed: int, device: str) -> Tensor:
    """Held-out text of the kinds that it learned from, (rows, length)."""
    return packed(mixture_of(CHECKPOINT), "evaluation", seed, rows, length).to(device)
