"""Decoders of several sizes given more and more examples of a task in their text; no weight is changed."""

import zlib
from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.language.few_shot import WORDS, Change, Prompt, Task, best_possible, completions, drawn, right
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.transformer.decoder import Decoder

PROMPTS = 40
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


class ShotControls(Controls):
    size: Size = Field("two layers, 0.30M", title="Model")
    task: Task = Field("made-up pairs", title="Task of the examples")
    shots: Literal[0, 1, 2, 4, 8] = Field(8, title="Examples in the prompt")
    change: Change = Field("as drawn", title="Change of the examples")


class Completed(NamedTuple):
    prompts: tuple[Prompt, ...]
    said: tuple[str, ...]

    @property
    def right_share(self) -> float:
        return sum(right(prompt, said) for prompt, said in zip(self.prompts, self.said)) / len(self.prompts)

    @property
    def relabelled_share(self) -> float:
        """Completed as the exchanged labels say."""
        return sum(said == prompt.relabelled for prompt, said in zip(self.prompts, self.said)) / len(self.prompts)


class ShotResult(NamedTuple):
    controls: ShotControls
    by_size: Mapping[Size, list[Completed]]  # for each of SHOTS
    best: list[float]  # what copying and guessing could reach, for each of SHOTS; made-up pairs alone
    checksums: tuple[int, int]  # of the model's weights before and after the prompts
    parameters: int

    @property
    def own(self) -> list[Completed]:
        return self.by_size[self.controls.size]

    @property
    def here(self) -> Completed:
        return self.own[SHOTS.index(self.controls.shots)]


@memo
def completed(size: Size, task: Task, shots: int, change: Change, seed: int, device: str) -> Completed:
    prompts = drawn(task, shots, change, PROMPTS, seed)
    return Completed(tuple(prompts), tuple(completions(pretrained(CHECKPOINTS[size], device), prompts)))


def checksum(model: Decoder) -> int:
    """CRC-32 of all weights."""
    found = 0
    for weight in model.state_dict().values():
        plain: Tensor = weight.cpu().contiguous()
        found = zlib.crc32(plain.numpy().tobytes(), found)
    return found


def run(controls: ShotControls, device: str) -> ShotResult:
    c = controls
    model = pretrained(CHECKPOINTS[c.size], device)
    before = checksum(model)
    sizes = COMPARED if c.size in COMPARED else (*COMPARED, c.size)
    found = {size: [completed(size, c.task, shots, c.change, c.seed, device) for shots in SHOTS] for size in sizes}
    best = [best_possible(shots, WORDS, DIGITS) for shots in SHOTS] if c.task == "made-up pairs" else []
    return ShotResult(c, found, best, (before, checksum(model)), parameter_count(model))


def measure(result: ShotResult) -> Measurements:
    shares = [one.right_share for one in result.own]
    asked = result.controls
    return {
        **({"made_up_examples": float(asked.shots)} if asked.task == "made-up pairs" else {}),
        "right_share": result.here.right_share,
        "relabelled_share": result.here.relabelled_share,
        "gain_share": shares[-1] - shares[SHOTS.index(1)],
        "without_examples_share": shares[0],
        "one_layer_share": result.by_size[COMPARED[0]][-1].right_share,
        "weights_changed": float(result.checksums[0] != result.checksums[1]),
    }
