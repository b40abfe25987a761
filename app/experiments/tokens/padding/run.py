"""Prompts of several lengths in one batch, padded in several ways, and compared with each prompt alone."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.attention.masks import causal_mask
from models.data.dice import Dice
from models.data.kinds.facts import statement
from models.data.sample import plain
from models.data.world import world
from models.language.padding import Batch, last_real, logits_at, mask_without_pads, padded, positions_of_tokens
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import END, PAD, SEP, ids_of, pieces

PROMPTS, SHOWN, EXTRA = 24, 6, 2
RELATIONS = ("home", "job", "pet")

Positions = Literal["learned positions", "rotary positions"]
CHECKPOINTS: dict[Positions, str] = {
    "learned positions": "decoder_learned_position",
    "rotary positions": "decoder_medium",
}
Mask = Literal["hidden by the mask", "visible"]
Counted = Literal["from the first real token", "from the first column"]
Read = Literal["the last real token", "the last column"]
PadId = Literal["the pad token", "the end token", "a separator"]
PAD_IDS: dict[PadId, int] = {"the pad token": PAD, "the end token": END, "a separator": SEP}


class PaddingControls(Controls):
    model: Positions = Field("learned positions", title="Decoder with")
    side: Literal["left", "right"] = Field("left", title="Pads stand")
    mask: Mask = Field("hidden by the mask", title="Pads are")
    counted: Counted = Field("from the first real token", title="Positions are counted")
    read: Read = Field("the last real token", title="The next token is read at")
    pad: PadId = Field("the pad token", title="Rows are filled up with")


class PaddingResult(NamedTuple):
    controls: PaddingControls
    batch: Batch  # (B, T)
    words: list[list[str]]  # of the rows shown, T pieces each
    said: list[str]  # of the rows shown: the next token
    right: Tensor  # (B,) bool
    change: Tensor  # (B,) largest change of a logit against the prompt alone
    changes: dict[str, float]  # arm → largest change over all rows
    parameters: int


class Outcome(NamedTuple):
    """What a batch gives, against every prompt alone."""

    change: Tensor  # (B,)
    next: Tensor  # (B,) token ids
    right: Tensor  # (B,) bool


@memo
def asked(seed: int) -> tuple[list[list[int]], list[int]]:
    """Prompts whose answers training stated often, half of them behind another statement; and the answers."""
    dice, often = Dice(f"padding {seed}"), world().by_tier["often"]
    facts = dice.some([fact for fact in often if fact.relation in RELATIONS], 2 * PROMPTS)
    begun = lambda fact: plain(statement(fact)).rsplit(f" {fact.value}", 1)[0]
    prompts = [
        f"{plain(statement(other))} {begun(fact)}" if number % 2 else begun(fact)
        for number, (fact, other) in enumerate(zip(facts[:PROMPTS], facts[PROMPTS:], strict=True))
    ]
    answer = lambda fact: ids_of(fact.value)[0]
    return [[END, *ids_of(prompt)] for prompt in prompts], list(map(answer, facts[:PROMPTS]))


@memo
@torch.inference_mode()
def alone(model: Positions, seed: int, device: str) -> Tensor:
    """Logits behind each prompt without any pads, (B, V)."""
    decoder = pretrained(CHECKPOINTS[model], device)
    return torch.stack([decoder(torch.tensor([ids], device=device))[0][0, -1] for ids in asked(seed)[0]]).cpu()


@memo
@torch.inference_mode()
def outcome(c: PaddingControls, device: str) -> Outcome:
    prompts, answers = asked(c.seed)
    x, m = (one.to(device) for one in padded(prompts, PAD_IDS[c.pad], c.side, EXTRA))
    T = x.shape[1]
    mask = mask_without_pads(m) if c.mask.startswith("hidden") else causal_mask(T, 0, x.device)
    positions = positions_of_tokens(m) if c.counted.endswith("token") else torch.arange(T, device=x.device)
    z = logits_at(pretrained(CHECKPOINTS[c.model], device), x, mask, positions)
    z = (last_real(z, m) if c.read.endswith("token") else z[:, -1]).cpu()
    change = (z - alone(c.model, c.seed, device)).abs().amax(dim=-1)
    return Outcome(change, z.argmax(dim=-1), z.argmax(dim=-1) == torch.tensor(answers))


ARMS: dict[str, dict[str, str]] = {
    "left, masked": {"side": "left"},
    "left, visible": {"side": "left", "mask": "visible"},
    "left, by column": {"side": "left", "counted": "from the first column"},
    "right, masked": {"side": "right"},
    "right, visible": {"side": "right", "mask": "visible"},
}


def run(controls: PaddingControls, device: str) -> PaddingResult:
    c = controls
    prompts, _ = asked(c.seed)
    batch, found = padded(prompts, PAD_IDS[c.pad], c.side, EXTRA), outcome(c, device)
    plain_setting = PaddingControls(model=c.model, seed=c.seed, pad=c.pad)
    return PaddingResult(
        controls=c,
        batch=batch,
        words=[pieces(row) for row in batch.x[:SHOWN].tolist()],
        said=pieces(found.next[:SHOWN].tolist()),
        right=found.right,
        change=found.change,
        changes={
            name: outcome(plain_setting.model_copy(update=arm), device).change.max().item()
            for name, arm in ARMS.items()
        },
        parameters=parameter_count(pretrained(CHECKPOINTS[c.model], device)),
    )


def measure(result: PaddingResult) -> Measurements:
    return {
        "largest_logit_change": result.change.max().item(),
        "rows_changed_share": (result.change > 0.01).double().mean().item(),
        "right_share": result.right.double().mean().item(),
        "change_left_visible": result.changes["left, visible"],
        "change_left_by_column": result.changes["left, by column"],
        "change_right_visible": result.changes["right, visible"],
        "pad_share": (~result.batch.m).double().mean().item(),
    }
