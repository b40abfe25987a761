"""One text through a decoder, with a part left out: what each state is needed for, and what comes next."""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import LARGEST, TINY, ModelControls, TextModel, sizes, text_model
from app.experiments.transformers.facts import prompts
from models.attention.masks import causal_mask
from models.data.fact_prompts import Prompts
from models.interpretability.left_out import (
    Sublayer,
    hidden_from_the_end,
    without,
    without_head,
    without_last_norm,
    without_positions,
    without_residual,
)
from models.interpretability.state_replaced import Needed, needed
from models.language.sampling import draw
from models.layers.softmax import entropy
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.decoder import Decoder, DecoderTrace
from models.transformer.one_pass import next_token

SENTENCE = "Ada lives in Lund . Ben lives in Oslo . Ada lives in"
TOKENS, PUBLISHED_TOKENS = 28, 20
BARS = 10
NEEDED = 0.5
"""Share of the prediction's probability that is lost without a state, from which the state counts as needed."""
STATES = 6
"""Rows of states of a published model, which has too many blocks to show each."""

LeftOut = Literal[
    "nothing", "attention of one block", "one head", "MLP of one block", "residual of one block", "one block",
    "every MLP", "every attention", "positions", "last norm", "last token → stated fact", "last token → another token",
]  # fmt: skip
EDGES: tuple[LeftOut, LeftOut] = ("last token → stated fact", "last token → another token")
Box = Literal["tokens", "embedding", "attention", "MLP", "stream", "logits"]


class PassControls(ModelControls):
    sentence: Sentence = Field(SENTENCE, title="Sentence", description="Or click a next token to append it")
    temperature: float = Field(1, ge=0.1, le=3, multiple_of=0.1, title="Temperature τ")
    k: int = Field(0, ge=0, le=100, title="Top-k", description="0: every token may be sampled")
    left_out: LeftOut = Field("nothing", title="Leave out")
    block: int = Field(2, ge=0, le=LARGEST, title="Block to leave out", description="Counted from 0")
    head: int = Field(
        6, ge=0, le=LARGEST, title="Head to leave out", description="Of that block", json_schema_extra=MORE
    )
    opened: Box = Field("attention", title="Opened part", description="Or click in the picture")
    layer: int = Field(2, ge=0, le=LARGEST, title="Opened block", description="Counted from 0", json_schema_extra=MORE)
    position: int = Field(
        -1,
        ge=-1,
        le=TOKENS - 1,
        title="Opened token",
        description="Counted from 0; −1 is the last",
        json_schema_extra=MORE,
    )

    def token(self, count: int) -> int:
        """The position in a text of ``count`` tokens; the last where there is no such position."""
        return self.position if 0 <= self.position < count else count - 1

    @property
    def parts(self) -> list[tuple[int, Sublayer]]:
        """The sublayers that are left out."""
        blocks = range(sizes(self.model).layers)
        one = min(self.block, len(blocks) - 1)
        found: dict[str, list[tuple[int, Sublayer]]] = {
            "attention of one block": [(one, "attention")],
            "MLP of one block": [(one, "MLP")],
            "one block": [(one, "attention"), (one, "MLP")],
            "every MLP": [(block, "MLP") for block in blocks],
            "every attention": [(block, "attention") for block in blocks],
        }
        return found.get(self.left_out, [])


class Facts(NamedTuple):
    """Shares of the seed's prompts that are answered."""

    stated: float
    stored: float


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


class PassResult(NamedTuple):
    controls: PassControls
    model: Decoder
    read: Pass
    p: Tensor  # (V,) of the next token at the temperature, cut to k
    likeliest: Tensor  # (BARS,) token ids
    names: list[str]  # how these are shown
    appended: list[str | None]  # the sentence with each of them behind it; None where the text would end
    sampled: str
    label: Callable[[int], str]  # how a token is shown
    facts: Facts | None  # None for a published model, which is not asked about the tiny world
    cheapest: int | None  # block
    parameters: int
    notices: list[str]

    @property
    def token(self) -> int:
        return self.controls.token(len(self.read.pieces))

    @property
    def prediction(self) -> str:
        return self.names[0]


def altered(c: PassControls, model: Decoder) -> Decoder:
    """The model without the part; attention to one token is left out by the mask instead."""
    block = min(c.block, len(model.blocks) - 1)
    changed: dict[str, Callable[[], Decoder]] = {
        "positions": lambda: without_positions(model),
        "last norm": lambda: without_last_norm(model),
        "one head": lambda: without_head(model, block, min(c.head, model.config.heads - 1)),
        "residual of one block": lambda: without_residual(model, block),
    }
    if c.left_out in changed:
        return changed[c.left_out]()
    return without(model, c.parts) if c.parts else model


def edge(c: PassControls, prompts: Prompts) -> Tensor | None:
    """The position in each prompt that its last token may not attend to."""
    return dict(zip(EDGES, (prompts.fact, prompts.other), strict=True)).get(c.left_out)


def right(model: Decoder, prompts: Prompts, hidden: Tensor | None) -> float:
    """The share of prompts whose answer is the likeliest next token."""
    device = model.embedding.weight.device
    mask = None
    if hidden is not None and bool((hidden >= 0).all()):
        mask = hidden_from_the_end(prompts.ids.shape[1], prompts.end, hidden).to(device)
    x = model(prompts.ids.to(device), mask=mask)[1].residual[-1]
    last = x[torch.arange(len(x)), prompts.end.to(device)]
    return (model.unembed(last).argmax(dim=-1).cpu() == prompts.answer).float().mean().item()


@memo
@torch.inference_mode()
def answered(left_out: LeftOut, block: int, head: int, seed: int, device: str) -> Facts:
    c = PassControls(left_out=left_out, block=block, head=head)
    model, (in_text, in_weights) = altered(c, text_model(TINY, device).decoder), prompts(seed)
    return Facts(right(model, in_text, edge(c, in_text)), right(model, in_weights, edge(c, in_weights)))


@memo
def cheapest(seed: int, device: str) -> int:
    """The block without which most stated facts are answered; of equal ones the first."""
    shares = [answered("one block", block, 0, seed, device).stated for block in range(sizes(TINY).layers)]
    return shares.index(max(shares))


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
    c, reader = PassControls(model=name, left_out=left_out, block=block, head=head), text_model(name, device)
    typed = reader.read(sentence, PUBLISHED_TOKENS if c.published else TOKENS, "sentence")
    notices, ids, T = list(typed.notices), typed.ids, typed.ids.shape[1]
    model, mask, hidden = altered(c, reader.decoder), causal_mask(T, device=typed.ids.device), None
    if left_out in EDGES:
        hidden = fact_in(model, ids, left_out)
        if hidden is None:
            notices.append("left_out: the text does not state what is predicted; nothing is left out of it")
        else:
            end, position = torch.tensor([[T - 1], [hidden]], device=ids.device)
            mask = hidden_from_the_end(T, end, position)
    z, trace = model(ids, mask=mask)
    steps = steps_of(len(model.blocks), c.published)
    found = needed(model, ids, steps, int(z[0, -1].argmax()), mask)
    return Pass(ids, typed.pieces, trace, z[0], steps, found, largest_weights(trace, steps), hidden, mask, notices)


@torch.inference_mode()
def run(controls: PassControls, device: str) -> PassResult:
    c, reader = controls, text_model(controls.model, device)
    read = passed(c.model, c.sentence, c.left_out, c.block, c.head, device)
    z = read.logits[-1]
    p, likeliest = next_token(z, c.temperature, c.k), z.topk(BARS).indices
    return PassResult(
        c, altered(c, reader.decoder), read, p, likeliest,
        [reader.label(token) for token in likeliest.tolist()],
        [appended(reader, read.ids, token) for token in likeliest.tolist()],
        reader.label(int(draw(p.log()[None], generator(c.seed)))),
        reader.label,
        None if c.published else answered(c.left_out, c.block, c.head, c.seed, device),
        None if c.published else cheapest(c.seed, device),
        parameter_count(reader.decoder), read.notices,
    )  # fmt: skip


def appended(reader: TextModel, ids: Tensor, token: int) -> str | None:
    """The text with one more token, to be typed; nothing follows the end of a text."""
    row = ids[0].tolist()
    read = row[1:] if reader.name == TINY else row
    return None if token == reader.end else reader.decode([*read, token])


def measure(result: PassResult) -> Measurements:
    found: dict[str, float] = {
        "next_token_probability": result.read.logits[-1].softmax(dim=-1).max().item(),
        "kept_tokens": int((result.p > 0).sum()),
        "entropy_nats": entropy(result.p).item(),
    }
    if result.facts is not None and result.cheapest is not None:
        found |= {
            "answer_moves_in_block": moved(result.read),
            "stated_right_share": result.facts.stated,
            "stored_right_share": result.facts.stored,
            "cheapest_block": result.cheapest,
        }
    return found


def moved(read: Pass) -> int:
    """The block whose attention is the last to take in an earlier token that the prediction needs."""
    held = (read.needed[:, :-1] >= NEEDED).any(dim=1)  # (S,)
    return read.steps[int(held.nonzero().max())] // 2 if held.any() else 0
