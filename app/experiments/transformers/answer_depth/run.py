"""The logit lens at every depth: of a typed text and its continuation, and of facts whose answer is known."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import LARGEST, TINY, ModelControls, text_model
from app.experiments.transformers.left_out import altered
from app.experiments.transformers.trained_decoder import SENTENCE, at_the_end, prompts
from models.attention.masks import causal_mask
from models.interpretability.logit_lens import lens, likeliest, settled
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.transformer.decoder import Decoder, DecoderTrace

TOKENS, NEW_TOKENS, CHOICES, LENS_ROWS = 24, 6, 4, 11
BEHIND = 3
"""The depth at which kinds of facts are compared: behind block 2 of 0 to 3."""


LeftOut = Literal["nothing", "MLP of one block", "attention of one block", "one block"]


class DepthControls(ModelControls):
    sentence: Sentence = Field(SENTENCE, title="Sentence", description="The model reads it and goes on")
    left_out: LeftOut = Field("nothing", title="Leave out")
    block: int = Field(2, ge=0, le=LARGEST, title="Block to leave out", description="Counted from 0")
    visible: Literal["earlier tokens", "all tokens"] = Field(
        "earlier tokens", title="A token attends to", description="Earlier tokens alone, as in training, or all"
    )


class Facts(NamedTuple):
    """Share of prompts whose answer is first choice at each depth, (L + 1,)."""

    stated: Tensor
    stored: Tensor
    changed: float  # share of first choices at all depths that differ without the last norm


class DepthResult(NamedTuple):
    controls: DepthControls
    pieces: list[str]  # of the text and its continuation
    typed: int  # how many of them were typed
    depth: Tensor  # (T,) blocks after which the prediction at each token stands
    trace: DecoderTrace
    model: Decoder
    levels: list[int]  # depths that are shown
    words: list[list[str]]  # at each of them, the likeliest tokens after the typed text
    p: Tensor  # (levels, CHOICES) their probabilities
    blocks: int
    facts: Facts | None
    moved: float
    label: Callable[[int], str]
    parameters: int
    notices: list[str]


@memo
@torch.inference_mode()
def facts(left_out: LeftOut, block: int, seed: int, device: str) -> Facts:
    model, shares, changed = altered(text_model(TINY, device).decoder, left_out, block), [], []
    for asked in prompts(seed):
        _, trace = model(asked.ids.to(device))
        last = [at_the_end(x, asked) for x in trace.residual]  # each (N, D)
        first = likeliest(model, last)  # (L + 1, N)
        shares.append((first.cpu() == asked.answer).float().mean(dim=1))
        raw = torch.stack([(x @ model.embedding.weight.T).argmax(dim=-1) for x in last])
        changed.append((raw != first).float().mean().item())
    return Facts(shares[0], shares[1], sum(changed) / len(changed))


@memo
@torch.inference_mode()
def moved(visible: str, device: str, seed: int, name: str = TINY, sentence: str = "") -> float:
    """The largest change of a prediction before the last token when the last token is exchanged.

    In prompts of the tiny world, or in the text that a published model reads; nan for a text of one token.
    """
    reader = text_model(name, device)
    typed = name != TINY
    ids = (reader.read(sentence, TOKENS, "sentence").ids if typed else prompts(seed)[0].ids).to(device)
    model = reader.decoder
    if ids.shape[1] < 2:
        return torch.nan
    T = ids.shape[1]
    mask = causal_mask(T, device=ids.device) if visible == "earlier tokens" else torch.ones(T, T, dtype=torch.bool)
    other = ids.clone()
    other[:, -1] = ids[:, 0 if typed else 1]
    one, two = (model(some, mask=mask.to(ids.device))[0][:, :-1].softmax(dim=-1) for some in (ids, other))
    return total_variation(one, two).max().item()


@torch.inference_mode()
def run(controls: DepthControls, device: str) -> DepthResult:
    c, reader = controls, text_model(controls.model, device)
    model = altered(reader.decoder, c.left_out, c.block)
    read = reader.read(c.sentence, TOKENS, "sentence")
    ids, typed = read.ids, read.ids.shape[1]

    def passed(ids: Tensor) -> tuple[Tensor, DecoderTrace]:
        T = ids.shape[1]
        mask = None if c.visible == "earlier tokens" else torch.ones(T, T, dtype=torch.bool, device=ids.device)
        found: tuple[Tensor, DecoderTrace] = model(ids, mask=mask)
        return found

    for _ in range(NEW_TOKENS):
        token = passed(ids)[0][:, -1].argmax(dim=-1)
        if int(token) == reader.end:
            break
        ids = torch.cat([ids, token[:, None]], dim=1)
    _, trace = passed(ids)
    first = likeliest(model, trace.residual)[:, 0]  # (L + 1, T)
    blocks = len(model.blocks)
    levels = sorted({round(row * blocks / (LENS_ROWS - 1)) for row in range(LENS_ROWS)})
    found = torch.stack([lens(model, trace.residual[level][0, typed - 1]) for level in levels])  # (levels, V)
    top = found.topk(CHOICES, dim=-1)
    return DepthResult(
        c, [reader.label(token) for token in ids[0].tolist()], typed, settled(first), trace, model, levels,
        [[reader.label(token) for token in row] for row in top.indices.tolist()], top.values, blocks,
        None if c.published else facts(c.left_out, c.block, c.seed, device),
        moved(c.visible, device, c.seed, c.model, c.sentence if c.published else ""),
        reader.label, parameter_count(reader.decoder), list(read.notices),
    )  # fmt: skip


def measure(result: DepthResult) -> Measurements:
    found: dict[str, float] = {
        "settled_blocks": result.depth[result.typed - 1].item(),
        "next_token_probability": result.p[-1, 0].item(),
        "largest_change_before": result.moved,
    }
    if result.facts is None:
        return found
    stated, stored = result.facts.stated[BEHIND].item(), result.facts.stored[BEHIND].item()
    return found | {
        "stored_first_share": stored,
        "stated_first_share": stated,
        "stored_lead_share": stored - stated,
        "changed_by_the_norm_share": result.facts.changed,
    }
