"""One text through a decoder with a part left out: its states, and what the prediction loses without each."""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from app.experiments.text_model import TINY, text_model
from app.experiments.transformers.left_out import LeftOut, altered
from app.experiments.transformers.one_pass.answered import EDGES
from models.attention.masks import causal_mask
from models.interpretability.left_out import hidden_from_the_end
from models.interpretability.state_replaced import Needed, needed
from models.transformer.decoder import Decoder, DecoderTrace

TOKENS, PUBLISHED_TOKENS = 28, 20
STATES = 6
"""Rows of states of a published model, which has too many blocks to show each."""


class Pass(NamedTuple):
    """One text through the model, whatever is done with the prediction."""

    ids: Tensor  # (1, T)
    pieces: list[str]
    trace: DecoderTrace
    logits: Tensor  # (T, V)
    steps: list[int]  # sublayers behind which the states stand
    replaced: Needed  # what the prediction loses without each state
    weights: Tensor  # (S − 1, T, T) attention between two rows of states, largest over heads and blocks
    hidden: int | None  # position that the last token may not attend to
    mask: Tensor  # (T, T), or (1, 1, T, T) where a token is hidden from the last
    notices: list[str]

    @property
    def needed(self) -> Tensor:
        """Share of the prediction's probability that is lost without each state, (S, T)."""
        return self.replaced.lost


def fact_in(model: Decoder, ids: Tensor, left_out: LeftOut) -> int | None:
    """Where a typed text states what is predicted; for the control, the earlier token whose embedding is most like it.

    None if nothing before the last token is the predicted one.
    """
    row, likeliest = ids[0].tolist(), int(model(ids)[0][0, -1].argmax())
    if likeliest not in row[:-1]:
        return None
    fact = row.index(likeliest)
    if left_out == EDGES[0]:
        return fact
    vectors = torch.nn.functional.normalize(model.embedding(ids[0, :-1]), dim=-1)  # (T − 1, D)
    alike = (vectors @ vectors[fact]).masked_fill(ids[0, :-1] == likeliest, -torch.inf)
    return int(alike.argmax())


def steps_of(layers: int, published: bool) -> list[int]:
    """Behind which sublayers states are shown: every one, or every few blocks."""
    if not published:
        return list(range(2 * layers + 1))
    every = -(-layers // (STATES - 1))
    return [2 * min(row * every, layers) for row in range(-(-layers // every) + 1)]


def largest_weights(trace: DecoderTrace, steps: list[int]) -> Tensor:
    """The largest attention weight of any head between two rows of states, (S − 1, T, T); zeros across an MLP."""
    T, maps = trace.embedded.shape[1], []
    for before, after in pairwise(steps):
        blocks = [trace.weights[step // 2] for step in range(before, after) if step % 2 == 0]
        found = torch.stack([w[0].amax(dim=0) for w in blocks]) if blocks else trace.embedded.new_zeros(1, T, T)
        maps.append(found.amax(dim=0))
    return torch.stack(maps)


@memo
@torch.inference_mode()
def passed(name: str, sentence: str, left_out: LeftOut, block: int, head: int, device: str) -> Pass:
    """The text through the model without a part; what is kept holds no model."""
    reader, published = text_model(name, device), name != TINY
    typed = reader.read(sentence, PUBLISHED_TOKENS if published else TOKENS, "sentence")
    notices, ids, T = list(typed.notices), typed.ids, typed.ids.shape[1]
    model, mask, hidden = altered(reader.decoder, left_out, block, head), causal_mask(T, device=typed.ids.device), None
    if left_out in EDGES:
        hidden = fact_in(model, ids, left_out)
        if hidden is None:
            notices.append("left_out: the text does not state what is predicted; nothing is left out of it")
        else:
            end, position = torch.tensor([[T - 1], [hidden]], device=ids.device)
            mask = hidden_from_the_end(T, end, position)
    z, trace = model(ids, mask=mask)
    steps = steps_of(len(model.blocks), published)
    found = needed(model, ids, steps, int(z[0, -1].argmax()), mask)
    return Pass(ids, typed.pieces, trace, z[0], steps, found, largest_weights(trace, steps), hidden, mask, notices)
