"""A list is written backwards with Bahdanau's model: where each step looks, and what follows the word looked at."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.word_lists import EXAMPLE, Model, WordList, alone, held_out, right, typed
from models.attention.bahdanau import AlignmentTrace
from models.data.word_lists import WORDS, Lists, shifted_right
from models.parameter_count import parameter_count
from models.seeding import generator

LENGTH = 10
OFFSETS = range(-3, 4)
Query = Literal["last state", "first state"]


class AlignmentControls(Controls):
    words: WordList = Field(EXAMPLE, title="List", description="2 to 16 different words")
    query: Query = Field("last state", title="The score reads", description="The decoder’s last state, or its first")
    swapped: Literal["as it is", "two words swapped"] = Field("as it is", title="Held-out lists")
    training: int = Field(0, ge=0, le=2, title="Training", description="Which of three trainings")


class AlignmentResult(NamedTuple):
    controls: AlignmentControls
    source: Tensor  # (S,) the list that was typed, and END
    target: Tensor  # (T,)
    words: Tensor  # (T,) written without a teacher
    trace: AlignmentTrace  # of one list, the decoder having read its own words
    first: Tensor  # (1, D) the decoder's first state
    scores: tuple[Tensor, Tensor, Tensor]  # W_a, U_a, v_a
    offsets: Tensor  # (OFFSETS,) share of steps whose largest weight lies that far from the word to be written
    forward_offsets: Tensor  # (OFFSETS,) the same for a model whose encoder reads in one direction only
    weight_on_mirror: Tensor  # () mean weight at the word to be written
    followed: float  # share of steps at which an exchanged source word is written instead
    others_kept: float  # share of the other steps that stay as they were
    exact: float  # held-out lists that are right to the end
    parameters: int


def lists_of(swapped: str, seed: int) -> Lists:
    """Held-out lists, or the same with their third and seventh words in each other's place."""
    given = held_out(LENGTH, "reverse", seed)
    if swapped == "as it is":
        return given
    order = torch.arange(LENGTH)
    order[2], order[6] = 6, 2
    back = LENGTH - 1 - order.flip(0)
    return Lists(
        torch.cat([given.source[:, order], given.source[:, -1:]], dim=1),
        torch.cat([given.target[:, back], given.target[:, -1:]], dim=1),
    )


@memo
@torch.inference_mode()
def offsets_of(model: Model, swapped: str, seed: int) -> tuple[Tensor, Tensor]:
    """Share of steps by the distance of the largest weight from the mirror (OFFSETS,), and the mean weight there ()."""
    given = lists_of(swapped, seed)
    weights = alone(model.network, given).weights[:, :LENGTH, :]  # (B, T, S)
    mirror = torch.arange(LENGTH - 1, -1, -1)
    off = weights.argmax(dim=-1) - mirror
    there = weights.gather(2, mirror.expand(len(weights), -1)[..., None]).mean()
    return torch.stack([(off == one).float().mean() for one in OFFSETS]), there


@memo
@torch.inference_mode()
def exchanged(model: Model, seed: int) -> tuple[float, float]:
    """One source word is exchanged for one that is not in the list: is it written, and do the other words stay?"""
    given = held_out(LENGTH, "reverse", seed)
    before = alone(model.network, given).words[:, :LENGTH]
    followed, kept = [], []
    draws = generator(seed)
    for at in range(0, LENGTH, 3):
        absent = torch.ones(len(given.source), len(WORDS)).scatter(1, given.source[:, :-1], 0)
        new = torch.multinomial(absent, 1, generator=draws)[:, 0]
        source = given.source.clone()
        source[:, at] = new
        after = alone(model.network, Lists(source, given.target)).words[:, :LENGTH]
        step = LENGTH - 1 - at
        others = torch.arange(LENGTH) != step
        followed.append((after[:, step] == new).float().mean())
        kept.append((after == before)[:, others].float().mean())
    return torch.stack(followed).mean().item(), torch.stack(kept).mean().item()


@torch.inference_mode()
def run(controls: AlignmentControls, device: str) -> AlignmentResult:
    c = controls
    model = Model("bahdanau", c.query, "reverse", c.training)
    one_way = Model("sequence_to_sequence", "dot", "reverse", c.training)
    given, network = typed(c.words, "reverse"), model.network
    words = alone(network, given).words
    trace = network(given.source, shifted_right(words))[1]
    offsets, there = offsets_of(model, c.swapped, c.seed)
    return AlignmentResult(
        controls,
        given.source[0],
        given.target[0],
        words[0],
        trace,
        network.encode(given.source).start,
        (network.w_a, network.u_a, network.v_a[:, 0]),
        offsets,
        offsets_of(one_way, c.swapped, c.seed)[0],
        there,
        *exchanged(model, c.seed),
        right(model, LENGTH, c.seed).all(dim=1).float().mean().item(),
        parameter_count(network),
    )


def measure(result: AlignmentResult) -> Measurements:
    at = {offset: index for index, offset in enumerate(OFFSETS)}
    within = [at[-1], at[0], at[1]]
    shown = result.trace.weights[0, : len(result.source) - 1]
    mirror = torch.arange(len(shown) - 1, -1, -1)
    return {
        "within_one_position_share": result.offsets[within].sum().item(),
        "exact_position_share": result.offsets[at[0]].item(),
        "one_way_exact_position_share": result.forward_offsets[at[0]].item(),
        "one_way_next_position_share": result.forward_offsets[at[1]].item(),
        "mean_weight_at_the_mirror": result.weight_on_mirror.item(),
        "exchanged_word_written_share": result.followed,
        "other_words_kept_share": result.others_kept,
        "exact_match": result.exact,
        "shown_exact_steps": (shown.argmax(dim=1) == mirror).sum().item(),
        "shown_right_words": (result.words == result.target)[:-1].sum().item(),
    }
