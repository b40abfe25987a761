"""A writer of lists trained with and without a teacher, on its own, and after one wrong word."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.recurrence.typed_signs import point_of_the_training
from app.experiments.recurrence.word_lists import WordList, alone, held_out, typed
from models.data.word_lists import END, Lists, shifted_right
from models.parameter_count import parameter_count
from models.recurrence.own_words import write
from models.recurrence.pretrained_writers import SNAPSHOTS, forced_writer
from models.seeding import generator

LENGTH, AT = 12, 3
SHOWN = "book fork kite mug pot rope sock tent cake bell nut leaf"
AFTER = 5
Trained = Literal["teacher", "own words", "not shifted"]
KINDS: tuple[Trained, ...] = ("teacher", "own words", "not shifted")
Wrong = Literal["from the list", "another word"]


class ForcingControls(Controls):
    words: WordList = Field(SHOWN, title="List", description="2 to 16 different words")
    trained: Trained = Field(
        "teacher",
        title="In training it reads",
        description="The true words, its own, or (a mistake) the answer",
    )
    snapshot: int = point_of_the_training(SNAPSHOTS)
    after: Literal["its own words", "true words"] = Field("its own words", title="After the wrong word it reads")
    wrong: Wrong = Field("from the list", title="The wrong word is")


class ForcingResult(NamedTuple):
    controls: ForcingControls
    target: Tensor  # (T,) of the list that was typed
    alone: Tensor  # (T,) written by the model set, without a teacher
    disturbed: Tensor  # (T,) the same with one wrong word read
    matches: dict[Trained, Tensor]  # (SNAPSHOTS,) held-out lists right without a teacher
    losses: dict[Trained, Tensor]  # (SNAPSHOTS,) nats per word, reading what it read in training
    untouched: Tensor  # (T,) share of wrong words by step
    free: Tensor  # (T,) after a wrong word at step AT, reading its own words
    restored: Tensor  # (T,) after the same, reading true words
    parameters: int


@memo
@torch.inference_mode()
def progress(kind: Trained, seed: int) -> tuple[Tensor, Tensor]:
    """Exact match without a teacher and loss as in training, at every snapshot: (SNAPSHOTS,) each."""
    given, found = held_out(LENGTH, "reverse", seed), []
    reads = given.target if kind == "not shifted" else shifted_right(given.target)
    for snapshot in range(len(SNAPSHOTS)):
        network = forced_writer(kind, snapshot)
        words = alone(network, given).words
        logits = network(given.source, reads)[0]
        loss = cross_entropy(logits.flatten(0, 1), given.target.flatten())
        found.append(torch.stack([(words == given.target).all(dim=1).float().mean(), loss]))
    exact, losses = torch.stack(found, dim=1)
    return exact, losses


def disturbed(network: object, given: Lists, wrong: Tensor, restored: bool) -> Tensor:
    """Words written (B, T) if the decoder reads ``wrong`` (B,) after step AT, and then true words or its own."""
    forced = {AT: wrong}
    if restored:
        forced |= {step: given.target[:, step] for step in range(AT + 1, given.target.shape[1])}
    return write(network, given.source, torch.full_like(wrong, END), given.target.shape[1], forced).words


@memo
def wrong_words(wrong: Wrong, seed: int) -> Tensor:
    """For each held-out list a word that is not the one of step AT: of the list, or not in it. (B,)"""
    given, draws = held_out(LENGTH, "reverse", seed), generator(seed)
    inside = torch.zeros(len(given.target), END).scatter(1, given.target[:, :-1], 1)
    chances = inside.scatter(1, given.target[:, AT, None], 0) if wrong == "from the list" else 1 - inside
    return torch.multinomial(chances, 1, generator=draws)[:, 0]


@memo
@torch.inference_mode()
def errors(kind: Trained, snapshot: int, wrong: Wrong, seed: int) -> Tensor:
    """Share of wrong words by step, (3, T): untouched, then on its own words, then on true words."""
    given, network = held_out(LENGTH, "reverse", seed), forced_writer(kind, snapshot)
    read = wrong_words(wrong, seed)
    written = [alone(network, given).words, *(disturbed(network, given, read, true) for true in (False, True))]
    return torch.stack([(words != given.target).float().mean(dim=0) for words in written])


@torch.inference_mode()
def run(controls: ForcingControls, device: str) -> ForcingResult:
    c = controls
    network, given = forced_writer(c.trained, c.snapshot), typed(c.words, "reverse")
    read = given.target[:, 0]  # the word written first comes once more
    untouched, free, restored = errors(c.trained, c.snapshot, c.wrong, c.seed)
    found = {kind: progress(kind, c.seed) for kind in KINDS}
    return ForcingResult(
        controls,
        given.target[0],
        alone(network, given).words[0],
        disturbed(network, given, read, c.after == "true words")[0],
        {kind: exact for kind, (exact, _) in found.items()},
        {kind: loss for kind, (_, loss) in found.items()},
        untouched,
        free,
        restored,
        parameter_count(network),
    )


def measure(result: ForcingResult) -> Measurements:
    c, later = result.controls, slice(AT + 1, AT + 1 + AFTER)
    read = result.free if c.after == "its own words" else result.restored
    return {
        "exact_match_alone": result.matches[c.trained][c.snapshot].item(),
        "loss_as_trained_nats": result.losses[c.trained][c.snapshot].item(),
        "teacher_exact_match": result.matches["teacher"][c.snapshot].item(),
        "own_words_exact_match": result.matches["own words"][c.snapshot].item(),
        "errors_after_a_wrong_word_share": read[later].mean().item(),
        "errors_next_word_share": read[AT + 1].item(),
        "errors_untouched_share": result.untouched[later].mean().item(),
        "errors_on_own_words_share": result.free[later].mean().item(),
        "errors_on_true_words_share": result.restored[later].mean().item(),
    }
