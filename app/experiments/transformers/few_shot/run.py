"""Decoders of several sizes given more and more examples of a task in their text; no weight is changed."""

import zlib
from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements
from app.experiments.memo import memo
from app.experiments.text_model import ModelControls, text_model
from models.language.few_shot import (
    WORDS,
    Change,
    Prompt,
    Task,
    best_possible,
    completions,
    drawn,
    likeliest,
    right,
)
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.transformer.decoder import Decoder

PROMPTS, PUBLISHED_PROMPTS = 40, 8
SHOTS = (0, 1, 2, 4, 8)
DIGITS = 10

Size = Literal[
    "one layer, 0.11M", "two layers, 0.30M", "four layers, 1.06M", "four layers, 1.82M", "one layer, pairs alone"
]
CHECKPOINTS: Mapping[Size, str] = {
    "one layer, 0.11M": "decoder_small",
    "two layers, 0.30M": "decoder_medium",
    "four layers, 1.06M": "decoder_large",
    "four layers, 1.82M": "decoder",
    "one layer, pairs alone": "mappings_alone",
}
COMPARED: tuple[Size, ...] = "one layer, 0.11M", "two layers, 0.30M", "four layers, 1.06M"


class ShotControls(ModelControls):
    size: Size = Field("two layers, 0.30M", title="Size", description="Layers and weights of the tiny world’s models")
    task: Task = Field("made-up pairs", title="Task of the examples")
    shots: Literal[0, 1, 2, 4, 8] = Field(8, title="Examples in the prompt")
    change: Change = Field("as drawn", title="Change of the examples")


class Completed(NamedTuple):
    prompts: tuple[Prompt, ...]
    said: tuple[str, ...]
    right: tuple[bool, ...]

    @property
    def right_share(self) -> float:
        return sum(self.right) / len(self.right)

    @property
    def relabelled_share(self) -> float:
        """Completed as the exchanged labels say."""
        return sum(said == prompt.relabelled for prompt, said in zip(self.prompts, self.said)) / len(self.prompts)


class ShotResult(NamedTuple):
    controls: ShotControls
    by_size: Mapping[str, list[Completed]]  # size, or the name of a published model → for each of SHOTS
    best: list[float]  # what copying and guessing could reach, for each of SHOTS; made-up pairs alone
    checksums: tuple[int, int]  # of the model's weights before and after the prompts
    parameters: int
    notices: list[str]

    @property
    def name(self) -> str:
        """The model that was chosen."""
        return self.controls.model if self.controls.published else self.controls.size

    @property
    def task(self) -> Task:
        """A published model was told no fact of the tiny world."""
        return "made-up pairs" if self.controls.published else self.controls.task

    @property
    def own(self) -> list[Completed]:
        return self.by_size[self.name]

    @property
    def here(self) -> Completed:
        return self.own[SHOTS.index(self.controls.shots)]


@memo
def completed(size: Size, task: Task, shots: int, change: Change, seed: int, device: str) -> Completed:
    prompts = drawn(task, shots, change, PROMPTS, seed)
    said = completions(pretrained(CHECKPOINTS[size], device), prompts)
    return Completed(tuple(prompts), tuple(said), tuple(map(right, prompts, said)))


@memo
@torch.inference_mode()
def completed_by(name: str, shots: int, change: Change, seed: int, device: str) -> Completed:
    """The same of a published model, on made-up pairs. The space before the digit is given: it is a token by itself."""
    prompts, reader = drawn("made-up pairs", shots, change, PUBLISHED_PROMPTS, seed), text_model(name, device)
    z = reader.last_logits([f"{prompt.text} " for prompt in prompts])  # (N, V)
    said = [reader.decode([token]).strip() for token in likeliest(z).tolist()]
    return Completed(tuple(prompts), tuple(said), tuple(one.answer == word for one, word in zip(prompts, said)))


def checksum(model: Decoder) -> int:
    """CRC-32 of all weights."""
    found = 0
    for weight in model.state_dict().values():
        plain: Tensor = weight.cpu().contiguous()
        found = zlib.crc32(plain.numpy().tobytes(), found)
    return found


def run(controls: ShotControls, device: str) -> ShotResult:
    c = controls
    if c.published:
        return run_published(c, device)
    model = pretrained(CHECKPOINTS[c.size], device)
    before = checksum(model)
    sizes = COMPARED if c.size in COMPARED else (*COMPARED, c.size)
    found = {size: [completed(size, c.task, shots, c.change, c.seed, device) for shots in SHOTS] for size in sizes}
    best = [best_possible(shots, WORDS, DIGITS) for shots in SHOTS] if c.task == "made-up pairs" else []
    return ShotResult(
        c,
        {str(size): shots for size, shots in found.items()},
        best,
        (before, checksum(model)),
        parameter_count(model),
        [],
    )


def run_published(c: ShotControls, device: str) -> ShotResult:
    model = text_model(c.model, device).decoder
    before = checksum(model)
    found = {c.model: [completed_by(c.model, shots, c.change, c.seed, device) for shots in SHOTS]}
    told = "task: known facts are those of the tiny world; a published model is asked for made-up pairs"
    return ShotResult(
        c, found, [best_possible(shots, WORDS, DIGITS) for shots in SHOTS], (before, checksum(model)),
        parameter_count(model), [told] if c.task != "made-up pairs" else [],
    )  # fmt: skip


def measure(result: ShotResult) -> Measurements:
    shares = [one.right_share for one in result.own]
    asked = result.controls
    if asked.published:
        return {
            "published_right_share": result.here.right_share,
            "published_gain_share": shares[-1] - shares[SHOTS.index(1)],
            "published_relabelled_share": result.here.relabelled_share,
            "weights_changed": float(result.checksums[0] != result.checksums[1]),
        }
    return {
        **({"made_up_examples": float(asked.shots)} if asked.task == "made-up pairs" else {}),
        "right_share": result.here.right_share,
        "relabelled_share": result.here.relabelled_share,
        "gain_share": shares[-1] - shares[SHOTS.index(1)],
        "without_examples_share": shares[0],
        "one_layer_share": result.by_size[COMPARED[0]][-1].right_share,
        "weights_changed": float(result.checksums[0] != result.checksums[1]),
    }
