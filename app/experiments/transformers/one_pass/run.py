"""One text through a decoder, with a part left out: what each state is needed for, and what comes next."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.text_model import LARGEST, TINY, ModelControls, TextModel, sizes, text_model
from app.experiments.transformers.left_out import LeftOut, altered, parts
from app.experiments.transformers.one_pass.answered import Facts, answered, cheapest
from app.experiments.transformers.one_pass.passed import TOKENS, Pass, passed
from app.experiments.transformers.trained_decoder import SENTENCE
from models.interpretability.left_out import Sublayer
from models.language.sampling import draw
from models.layers.softmax import entropy
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.decoder import Decoder
from models.transformer.one_pass import next_token

BARS = 10
NEEDED = 0.5
"""Share of the prediction's probability that is lost without a state, from which the state counts as needed."""

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
        return parts(self.left_out, self.block, sizes(self.model).layers)


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


@torch.inference_mode()
def run(controls: PassControls, device: str) -> PassResult:
    c, reader = controls, text_model(controls.model, device)
    read = passed(c.model, c.sentence, c.left_out, c.block, c.head, device)
    z = read.logits[-1]
    p, likeliest = next_token(z, c.temperature, c.k), z.topk(BARS).indices
    return PassResult(
        c, altered(reader.decoder, c.left_out, c.block, c.head), read, p, likeliest,
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
