"""Facts that a decoder answers with a part left out."""

from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text_model import TINY, sizes, text_model
from app.experiments.transformers.left_out import LeftOut, altered
from app.experiments.transformers.trained_decoder import at_the_end, prompts, right_share
from models.data.fact_prompts import Prompts
from models.interpretability.left_out import hidden_from_the_end
from models.transformer.decoder import Decoder

EDGES: tuple[LeftOut, LeftOut] = ("last token → stated fact", "last token → another token")


class Facts(NamedTuple):
    """Shares of the seed's prompts that are answered."""

    stated: float
    stored: float


def edge(left_out: LeftOut, prompts: Prompts) -> Tensor | None:
    """The position in each prompt that its last token may not attend to."""
    return dict(zip(EDGES, (prompts.fact, prompts.other), strict=True)).get(left_out)


def right(model: Decoder, prompts: Prompts, hidden: Tensor | None) -> float:
    """The share of prompts whose answer is the likeliest next token."""
    device = model.embedding.weight.device
    mask = None
    if hidden is not None and bool((hidden >= 0).all()):
        mask = hidden_from_the_end(prompts.ids.shape[1], prompts.end, hidden).to(device)
    x = model(prompts.ids.to(device), mask=mask)[1].residual[-1]
    return right_share(model.unembed(at_the_end(x, prompts)), prompts)


@memo
@torch.inference_mode()
def answered(left_out: LeftOut, block: int, head: int, seed: int, device: str) -> Facts:
    model = altered(text_model(TINY, device).decoder, left_out, block, head)
    return Facts(*(right(model, asked, edge(left_out, asked)) for asked in prompts(seed)))


@memo
def cheapest(seed: int, device: str) -> int:
    """The block without which most stated facts are answered; of equal ones the first."""
    shares = [answered("one block", block, 0, seed, device).stated for block in range(sizes(TINY).layers)]
    return shares.index(max(shares))
