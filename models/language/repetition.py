"""Repetition: which words of a text occurred before, and two other ways to penalise tokens.

Papers: Keskar et al. 2019, "CTRL: A Conditional Transformer Language Model for Controllable Generation", section 4.1
(the rule itself is ``models.language.sampling.repetition_penalty``); Holtzman et al. 2019, "The Curious Case of Neural
Text Degeneration", section 5 (repeated n-grams as a measure).

Symbols
    z  logits (B, V)     θ  penalty, 1 for none     T  tokens so far     B  texts     V  vocabulary
"""

import torch
from torch import Tensor


def divided_log_probabilities(z: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """ln pᵢ / θ for every token among ``seen`` (B, T): a slip, as ln pᵢ < 0 and a division makes it larger."""
    log_p = z.log_softmax(dim=-1)  # (B, V)
    return log_p.scatter(-1, seen, log_p.gather(-1, seen) / penalty)


def absent(seen: Tensor, vocabulary: int, draws: torch.Generator) -> Tensor:
    """As many different tokens as each text of ``seen`` (B, T) has, none of which is in it, at random; some twice."""
    order = torch.rand(len(seen), vocabulary, generator=draws).to(seen.device)  # (B, V)
    present = torch.zeros_like(order, dtype=torch.bool).scatter(1, seen, True)  # (B, V)
    ranked = order.masked_fill(present, torch.inf).argsort(dim=1)  # (B, V)
    count = present.sum(dim=1, keepdim=True)  # (B, 1)
    return ranked.gather(1, torch.arange(seen.shape[1], device=seen.device) % count)  # (B, T)


def in_repeated_runs(text: list[int], n: int = 4) -> list[bool]:
    """Which tokens belong to a run of n tokens that occurred before in the text."""
    marked, known = [False] * len(text), set[tuple[int, ...]]()
    for at in range(len(text) - n + 1):
        run = tuple(text[at : at + n])
        if run in known:
            marked[at : at + n] = [True] * n
        known.add(run)
    return marked
