"""Lists of growing length through one vector, and through attention, with equally many parameters."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.recurrence.word_lists import EXAMPLE, Model, WordList, alone, exact_match, right, typed
from models.data.word_lists import Task
from models.parameter_count import parameter_count

LENGTHS = 2, 4, 6, 8, 10, 12, 14, 16
SHOWN_LENGTH, SHORT, LONG = 10, 8, 16


class BottleneckControls(Controls):
    words: WordList = Field(EXAMPLE, title="List", description="2 to 16 different words")
    task: Task = Field("copy", title="To be written", description="In the same order, or from the last to the first")
    attention: Literal["dot", "uniform"] = Field(
        "dot", title="Weights of the attention", description="Dot products, or the same for each position"
    )
    training: int = Field(0, ge=0, le=2, title="Training", description="Which of three trainings")


class BottleneckResult(NamedTuple):
    controls: BottleneckControls
    source: Tensor  # (L,) the list that was typed
    target: Tensor  # (L + 1,)
    without: Tensor  # (L + 1,) written from the last state alone
    with_attention: Tensor  # (L + 1,)
    by_length: Tensor  # (2, LENGTHS) exact match, without and with attention
    by_position: Tensor  # (SHOWN_LENGTH,) accuracy without attention, by the word's position in the source
    parameters: int


@torch.inference_mode()
def run(controls: BottleneckControls, device: str) -> BottleneckResult:
    c = controls
    without = Model("sequence_to_sequence", "final state", c.task, c.training)
    attending = Model("sequence_to_sequence", c.attention, c.task, c.training)
    given = typed(c.words, c.task)
    correct = right(without, SHOWN_LENGTH, c.seed)[:, :-1].float().mean(dim=0)
    return BottleneckResult(
        controls,
        given.source[0, :-1],
        given.target[0],
        alone(without.network, given).words[0],
        alone(attending.network, given).words[0],
        torch.tensor([[exact_match(model, length, c.seed) for length in LENGTHS] for model in (without, attending)]),
        correct.flip(0) if c.task == "reverse" else correct,
        parameter_count(attending.network),
    )


def measure(result: BottleneckResult) -> Measurements:
    without, attending = result.by_length
    short, long = LENGTHS.index(SHORT), LENGTHS.index(LONG)
    third = SHOWN_LENGTH // 3
    first, last = result.by_position[:third].mean().item(), result.by_position[-third:].mean().item()
    return {
        "exact_match_gap_16_words": (attending[long] - without[long]).item(),
        "exact_match_16_words": attending[long].item(),
        "exact_match_16_words_without_attention": without[long].item(),
        "exact_match_8_words_without_attention": without[short].item(),
        "exact_match_4_words_without_attention": without[LENGTHS.index(4)].item(),
        "first_words_accuracy": first,
        "last_words_accuracy": last,
        "first_less_last_words_accuracy": first - last,
        "words_right_without_attention": (result.without == result.target)[:-1].sum().item(),
        "words_right_with_attention": (result.with_attention == result.target)[:-1].sum().item(),
    }
