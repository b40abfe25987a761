"""Luong's alignments on lists to be copied or reversed: all positions, or a window whose centre moves."""

from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.word_lists import EXAMPLE, Model, WordList, alone, exact_match, held_out, typed
from models.attention.luong import monotonic_centre
from models.data.word_lists import Task, shifted_right
from models.parameter_count import parameter_count
from models.recurrence.sequence_to_sequence import Seq2SeqTrace, SequenceToSequence

LENGTH = 12
Alignment = Literal["local-p", "local-m", "dot", "general", "concat"]
KINDS = ("dot", "general", "concat", "local-m", "local-p", "local-p without Gaussian")
TASKS: tuple[Task, ...] = ("copy", "reverse")


class LocalControls(Controls):
    words: WordList = Field(EXAMPLE, title="List", description="2 to 16 different words")
    task: Task = Field("reverse", title="To be written", description="In the same order, or from the last to the first")
    alignment: Alignment = Field("local-p", title="Alignment")
    gaussian: Literal["σ = D/2", "σ = D/3", "none"] = Field(
        "σ = D/2", title="Gaussian of local-p", description="Each a training of its own"
    )
    training: int = Field(0, ge=0, le=2, title="Training", description="Which of three trainings")


class LocalResult(NamedTuple):
    controls: LocalControls
    source: Tensor  # (S,) the list that was typed, and END
    target: Tensor  # (T,)
    words: Tensor  # (T,) written without a teacher
    trace: Seq2SeqTrace  # of one list, the decoder having read its own words
    alignment: Any  # the module that gave the weights
    centre: Tensor | None  # (T,) of the window, where there is one
    centre_error: dict[Task, float]  # of the model set, in positions
    matches: dict[Task, dict[str, float]]  # task → kind → lists of LENGTH words right to the end
    centre_gradient: float  # largest gradient of the loss on what predicts the centre
    parameters: int


def kind_of(alignment: str, gaussian: str) -> str:
    if alignment != "local-p":
        return alignment
    return {"σ = D/2": "local-p", "σ = D/3": "local-p, narrower", "none": "local-p without Gaussian"}[gaussian]


def model_of(kind: str, task: Task, training: int) -> Model:
    return Model("sequence_to_sequence" if kind == "dot" else "luong", kind, task, training)


def centre_of(network: SequenceToSequence, states: Tensor, positions: int) -> Tensor | None:
    """(B, T) or (T,)"""
    if hasattr(network.alignment, "w_p"):
        return network.alignment.centre(states, positions)
    return monotonic_centre(0, states.shape[1], positions) if hasattr(network.alignment, "half_width") else None


@memo
@torch.inference_mode()
def centre_error(model: Model, seed: int) -> float:
    """Mean distance of the centre from the position of the word to be written, in held-out lists; NaN without one."""
    given, network = held_out(LENGTH, model.task, seed), model.network
    states = network(given.source, shifted_right(given.target))[1].states
    centre = centre_of(network, states, LENGTH + 1)
    if centre is None:
        return float("nan")
    at = torch.arange(LENGTH) if model.task == "copy" else torch.arange(LENGTH - 1, -1, -1)
    return (centre[..., :LENGTH] - at).abs().mean().item()


def centre_gradient(model: Model, seed: int) -> float:
    """The largest gradient of the loss on W_p and v_p; NaN where the model has none."""
    network = model.network
    if not hasattr(network.alignment, "w_p"):
        return float("nan")
    given = held_out(LENGTH, model.task, seed)
    weights = {name: weight.detach().clone().requires_grad_() for name, weight in network.named_parameters()}
    with torch.enable_grad():
        logits = torch.func.functional_call(network, weights, (given.source, shifted_right(given.target)))[0]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), given.target.flatten())
        predictor = [weights["alignment.w_p"], weights["alignment.v_p"]]
        found = torch.autograd.grad(loss, predictor, allow_unused=True)
    return max((gradient.abs().max().item() for gradient in found if gradient is not None), default=0.0)


def matches(kind: str, task: Task, training: int, seed: int) -> dict[str, float]:
    """Kind → share of held-out lists of LENGTH words that are right to the end."""
    kinds = dict.fromkeys((*KINDS, kind))
    return {one: exact_match(model_of(one, task, training), LENGTH, seed) for one in kinds}


def run(controls: LocalControls, device: str) -> LocalResult:
    c = controls
    kind = kind_of(c.alignment, c.gaussian)
    model = model_of(kind, c.task, c.training)
    given, network = typed(c.words, c.task), model.network
    words = alone(network, given).words
    with torch.inference_mode():
        trace = network(given.source, shifted_right(words))[1]
        centre = centre_of(network, trace.states, given.source.shape[1])
    return LocalResult(
        controls,
        given.source[0],
        given.target[0],
        words[0],
        trace,
        network.alignment,
        None if centre is None else centre.reshape(-1),
        {task: centre_error(model_of(kind, task, c.training), c.seed) for task in TASKS},
        {task: matches(kind, task, c.training, c.seed) for task in TASKS},
        centre_gradient(model, c.seed),
        parameter_count(network),
    )


def measure(result: LocalResult) -> Measurements:
    c = result.controls
    kind = kind_of(c.alignment, c.gaussian)
    return {
        "exact_match": result.matches[c.task][kind],
        "exact_match_when_reversed": result.matches["reverse"][kind],
        "exact_match_when_copied": result.matches["copy"][kind],
        "monotonic_exact_match_when_reversed": result.matches["reverse"]["local-m"],
        "monotonic_exact_match_when_copied": result.matches["copy"]["local-m"],
        "centre_error_positions": result.centre_error[c.task],
        "centre_error_when_reversed_positions": result.centre_error["reverse"],
        "centre_error_when_copied_positions": result.centre_error["copy"],
        "largest_gradient_on_the_centre": result.centre_gradient,
        "shown_right_words": (result.words == result.target)[:-1].sum().item(),
    }
