"""Beginnings of held-out texts, and how often long texts from them repeat themselves."""

from typing import Literal

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.language.beam_search_batch import repeated_share
from models.language.generation import continuation
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw, greedy
from models.seeding import generator
from models.tokenization.tokenizer import END
from models.training.metrics import held_out_rows

CHECKPOINT = "decoder_medium"
PROMPTS, LOOP_TOKENS = 48, 48

Choice = Literal["the likeliest token", "the likeliest, logits doubled", "a sampled token"]


@memo
def first_words() -> Tensor:
    """Of held-out texts, each once: (words,)."""
    rows = held_out_rows("recall", 128)
    return rows[:, 1:][rows[:, :-1] == END].unique()


def beginnings(seed: int) -> Tensor:
    """First words of held-out texts, chosen by the seed, each after the token that ends a text: (PROMPTS, 2)."""
    first = first_words()
    chosen = first[torch.randperm(len(first), generator=generator(seed))[:PROMPTS]]
    return torch.stack([torch.full_like(chosen, END), chosen], dim=1)


@memo
def repetition(choice: Choice, draws: int, seed: int, device: str) -> float:
    """Share of repeated 4-grams in long texts that may not end, one from each of the beginnings, drawn by ``draws``."""
    chance = generator(draws)

    def chosen(z: Tensor, _: Tensor) -> Tensor:
        open_ended = z.index_fill(1, torch.tensor([END], device=z.device), -torch.inf)
        if choice == "a sampled token":
            return draw(open_ended, chance)
        return greedy(2 * open_ended if choice == "the likeliest, logits doubled" else open_ended)

    return repeated_share(
        continuation(pretrained(CHECKPOINT, device), beginnings(seed).to(device), LOOP_TOKENS, chosen)
    )


def loops(choice: Choice, seed: int, device: str) -> tuple[float, float]:
    """Repetition by that choice, and of sampled texts, drawn anew even if the choice is the same."""
    return repetition(choice, seed, seed, device), repetition("a sampled token", seed + 1, seed, device)
