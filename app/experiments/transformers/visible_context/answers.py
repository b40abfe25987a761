"""What a decoder says at the end of texts of the tiny world that it reads through windows of several lengths."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.attention.fused import unwatched
from models.data.homes_asked_last import PEOPLE, QUESTION, HomesAsked, homes_asked, without_statement
from models.language.pretrained_decoders import pretrained
from models.language.visible_context import losses_of, newest, oldest

CHECKPOINT = "decoder_medium"
TEXTS, WHOLE = 60, 54

Kept = Literal["the newest tokens", "the oldest tokens"]
CUT: dict[Kept, Callable[[Tensor, int], Tensor]] = {"the newest tokens": newest, "the oldest tokens": oldest}
Dropped = Literal["nothing", "the sentence with the fact", "another sentence"]


class Answers(NamedTuple):
    """What the model says at the end of texts that are read through windows of several lengths."""

    loss: Tensor  # (n, B) of the answer, nats
    named: Tensor  # (n, B) the likeliest token
    function_words: Tensor  # (n,) loss of “lives” and “in” of the question; NaN where the question is cut off


def altered(homes: HomesAsked, dropped: Dropped) -> Tensor:
    """The texts as they are read."""
    if dropped == "nothing":
        return homes.ids
    other = (homes.asked + PEOPLE // 2) % PEOPLE
    return without_statement(homes, homes.asked if dropped == "the sentence with the fact" else other)


@memo
@torch.inference_mode()
def answers(lengths: tuple[int, ...], kept: Kept, dropped: Dropped, seed: int, device: str) -> Answers:
    model, homes = unwatched(pretrained(CHECKPOINT, device)), homes_asked(TEXTS, seed)
    ids, losses, named, words = altered(homes, dropped).to(device), [], [], []
    for n in lengths:
        read = CUT[kept](ids, min(n, ids.shape[1] - 1))
        logits = model(read)[0]  # (B, n, V)
        losses.append(losses_of(logits[:, -1], ids[:, -1]))
        named.append(logits[:, -1].argmax(dim=-1))
        asked = [losses_of(logits[:, -1 - at], read[:, -at]).mean() for at in range(1, QUESTION)]
        words.append(torch.stack(asked).mean() if kept == "the newest tokens" else logits.new_tensor(torch.nan))
    return Answers(torch.stack(losses), torch.stack(named), torch.stack(words))
