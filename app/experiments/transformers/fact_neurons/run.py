"""Facts that only training stated, with a few neurons of the MLPs set to zero; and the MLP with tokens permuted."""

from typing import Any, Literal, NamedTuple, cast

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.fact_prompts import Prompts, stored
from models.interpretability.fact_neurons import push, read, scores
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import decode
from models.transformer.decoder import Decoder

CHECKPOINT = "decoder"
FACTS, SHOWN, WORDS = 20, 8, 3

HIDDEN = 512
"""Neurons of a block."""

Chosen = Literal["this fact", "this fact, in other words", "another person's fact", "most active others"]
Reads = Literal["its own token", "half of it and half of the token before"]


class NeuronControls(Controls):
    fact: int = Field(0, ge=0, le=FACTS - 1, title="Fact shown", description="One of 20, drawn by the seed")
    count: int = Field(16, ge=1, le=64, title="Neurons set to zero", description="Of 2 048 in four blocks")
    chosen: Chosen = Field("this fact", title="Chosen on")
    reads: Reads = Field("its own token", title="What the MLP of block 2 reads", json_schema_extra=MORE)


class Known(NamedTuple):
    """The seed's facts as the model answers them, in two wordings."""

    prompts: Prompts
    p: Tensor  # (N,) probability of the answer
    neurons: Tensor  # (N, L, F) at the last token
    score: Tensor  # (N, L·F) what each neuron adds to the answer's logit
    score_in_other_words: Tensor  # (N, L·F)
    same_kind: Tensor  # (N, N) bool: other facts of the same relation


class NeuronResult(NamedTuple):
    controls: NeuronControls
    known: Known
    names: list[str]  # “Mia has a dog”
    off: Tensor  # (N, L·F) bool: the neurons of each fact
    after: Tensor  # (N, N) probability of each fact's answer (column) without the neurons of a fact (row)
    permuted: float
    words: list[tuple[str, list[str]]]  # strongest neurons of the shown fact, and the tokens that they write towards
    strongest: list[int]  # which these are, of L·F
    parameters: int

    @property
    def lost(self) -> Tensor:
        """Share of the probability lost, of each fact (column) without the neurons of a fact (row): (N, N)."""
        p = self.known.p
        return ((p - self.after) / p).clamp(min=0)


@memo
@torch.inference_mode()
def known(seed: int, device: str) -> Known:
    model = pretrained(CHECKPOINT, device)
    asked, reworded = stored(FACTS, seed), stored(FACTS, seed, wording=1)
    p, neurons = read(model, asked)
    _, in_other_words = read(model, reworded)
    same = torch.tensor([[one == other for other in asked.relation] for one in asked.relation])
    return Known(
        asked, p, neurons, scores(model, neurons, asked.answer), scores(model, in_other_words, asked.answer),
        same & ~torch.eye(FACTS, dtype=torch.bool),
    )  # fmt: skip


def neurons_off(given: Known, chosen: Chosen, count: int) -> Tensor:
    """Which neurons belong to each fact, by that choice: (N, L·F) bool."""
    own = _largest(given.score, count)
    if chosen == "this fact, in other words":
        return _largest(given.score_in_other_words, count)
    if chosen == "another person's fact":
        return own[next_of_kind(given.same_kind)]
    if chosen == "most active others":
        return _largest(given.neurons.flatten(1).abs().masked_fill(own, -1.0), count)
    return own


def _largest(score: Tensor, count: int) -> Tensor:
    return torch.zeros_like(score, dtype=torch.bool).scatter(1, score.topk(count).indices, True)


def next_of_kind(same: Tensor) -> Tensor:
    """For each fact the next one of its relation, in a ring: (N,)."""
    N = len(same)
    order = (torch.arange(N)[:, None] + torch.arange(1, N + 1)) % N  # (N, N): those after each fact, itself last
    first = same.gather(1, order).int().argmax(dim=1)
    return order[torch.arange(N), first]


@memo
@torch.inference_mode()
def without(seed: int, chosen: Chosen, count: int, device: str) -> tuple[Tensor, Tensor]:
    """The neurons of each fact, and every fact's probability without them: (N, L·F) and (N, N)."""
    given = known(seed, device)
    off = neurons_off(given, chosen, count)
    N = len(off)
    every = given.prompts._replace(
        **{name: getattr(given.prompts, name).repeat(N, *([1] * (getattr(given.prompts, name).ndim - 1)))
           for name in ("ids", "end", "answer")}
    )  # fmt: skip
    p, _ = read(pretrained(CHECKPOINT, device), every, off.repeat_interleave(N, dim=0))
    return off, p.unflatten(0, (N, N))


@memo
@torch.inference_mode()
def permuted_difference(seed: int, reads: Reads, device: str) -> float:
    """‖MLP(Px) − P·MLP(x)‖∞ over the tokens of held-out prompts, in block 2: 0 if it works at each token by itself."""
    model, given = pretrained(CHECKPOINT, device), stored(FACTS, seed)
    block = cast(Any, model.blocks[2])
    _, trace = model(given.ids.to(device))
    x = block.feed_forward_norm(trace.residual[2])  # (N, T, D)
    order = torch.randperm(x.shape[1], generator=generator(seed)).roll(1)

    def mlp(x: Tensor) -> Tensor:
        mixed = x if reads == "its own token" else (x + torch.nn.functional.pad(x, (0, 0, 1, -1))) / 2
        return cast(Tensor, block.feed_forward(mixed)[0])

    return (mlp(x[:, order]) - mlp(x)[:, order]).abs().max().item()


def run(controls: NeuronControls, device: str) -> NeuronResult:
    c, model = controls, pretrained(CHECKPOINT, device)
    given = known(c.seed, device)
    off, after = without(c.seed, c.chosen, c.count, device)
    ends = given.prompts.end.tolist()
    texts = [decode(row[1 : end + 1]) for row, end in zip(given.prompts.ids.tolist(), ends, strict=True)]
    names = [f"{text} {decode([answer])}" for text, answer in zip(texts, given.prompts.answer.tolist(), strict=True)]
    strongest = given.score[c.fact].where(off[c.fact], -torch.inf).topk(min(SHOWN, c.count)).indices.tolist()
    return NeuronResult(
        c, given, names, off, after, permuted_difference(c.seed, c.reads, device),
        [(f"block {i // HIDDEN}, {i % HIDDEN}", words_of(model, i // HIDDEN, i % HIDDEN, given)) for i in strongest],
        strongest, parameter_count(model),
    )  # fmt: skip


@torch.inference_mode()
def words_of(model: Decoder, layer: int, neuron: int, given: Known) -> list[str]:
    """The tokens whose logits a neuron raises most, at the sign that it has on the shown fact's kind."""
    column = cast(Any, model.blocks[layer]).feed_forward.to_out.weight[:, neuron : neuron + 1]
    every = torch.arange(model.config.vocabulary, device=column.device)
    pushed = push(column, model.embedding.weight, cast(Tensor, model.norm.weight), every)[:, 0]  # (V,)
    sign = given.neurons[:, layer, neuron].mean().sign()
    return [decode([token]) for token in (sign * pushed).topk(WORDS).indices.tolist()]


def measure(result: NeuronResult) -> Measurements:
    lost, same = result.lost, result.known.same_kind
    own = lost.diagonal().mean().item()
    others = lost[same].mean().item()
    blocks = result.off.unflatten(1, (-1, HIDDEN)).sum(dim=(0, 2))
    return {
        "own_lost_share": own,
        "others_lost_share": others,
        "own_minus_others_share": own - others,
        "shown_lost_share": lost[result.controls.fact, result.controls.fact].item(),
        "busiest_block": int(blocks.argmax()),
        "permuted_difference": result.permuted,
        "neurons_off": result.controls.count,
        "neurons_off_share": result.controls.count / result.off.shape[1],
    }
