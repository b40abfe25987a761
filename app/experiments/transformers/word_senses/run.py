"""The state of a homonym, layer by layer, in readers that attend to both sides or to the left only."""

from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.handed_over import HOMONYMS, ORDINARY, PEOPLE, Deed, deed
from models.data.handed_over_rows import laid_out
from models.interpretability.probe import ridge_weights, standardised
from models.parameter_count import parameter_count
from models.seeding import generator, seeded
from models.transformer.pretrained_story_readers import ENCODER, TRAININGS, encoder, mask_of
from models.transformer.pretraining_heads import PretrainingEncoder

KNOWN, HELD_OUT = 200, 200
"""Sentences that the probe learns from, and those that it is judged on."""
PENALTY = 1.0
LAYERS, LONGEST = 2, 8

Attends = Literal["to both sides", "to the left only", "to both sides, untrained"]
ATTENDS: tuple[Attends, ...] = get_args(Attends)
Verb = Literal["after the homonym", "before the homonym"]
LearnedFrom = Literal["ordinary words", "homonyms"]
Homonym = Literal["bat", "crane", "seal", "mouse"]


class WordSensesControls(Controls):
    attends: Attends = Field("to both sides", title="Each token attends")
    verb: Verb = Field("after the homonym", title="The deciding verb stands")
    layer: int = Field(LAYERS, ge=0, le=LAYERS, title="Layer judged", description="0: the embeddings")
    homonym: Homonym = Field("bat", title="Homonym shown")
    learned_from: LearnedFrom = Field(
        "ordinary words", title="The probe learned from", description="Hen, axe and others with one sense; or homonyms"
    )


class Clouds(NamedTuple):
    """Homonyms of held-out sentences in one reader."""

    states: Tensor  # (L + 1, N, D) of the homonym, before the first layer and behind each
    side: Tensor  # (L + 1, N) what the probe says of each: below 0 animal, above 0 tool
    tool: Tensor  # (N,) bool: the true sense
    words: list[str]  # the homonym of each sentence

    @property
    def accuracy(self) -> Tensor:
        """Share of senses that the probe finds, by layer. (L + 1,)"""
        return ((self.side > 0) == self.tool).double().mean(dim=1)


class WordSensesResult(NamedTuple):
    controls: WordSensesControls
    clouds: Clouds  # of the reader and the training that the seed picks
    accuracy: dict[Attends, Tensor]  # (L + 1,) senses found by layer, mean of three trainings
    random_labels: float  # accuracy of a probe on labels at random, at the layer judged
    pair: tuple[list[str], list[str]]  # a sentence, and the same with another last word
    changed: dict[Attends, Tensor]  # (T,) by how much each token's last state changes, of both trained readers
    parameters: int


def sentences(count: int, things: tuple[str, ...], dice: Dice) -> list[Deed]:
    return [deed(dice, dice.pick(PEOPLE), things) for _ in range(count)]


def reader(attends: Attends, training: int, device: str) -> PretrainingEncoder:
    if attends == "to both sides, untrained":
        return seeded(lambda: PretrainingEncoder(ENCODER), training, device)
    return encoder("causal mask" if attends == "to the left only" else "as published", training, device)


@torch.inference_mode()
def states(ids: Tensor, attends: Attends, training: int, device: str) -> tuple[Tensor, ...]:
    """The states (N, T, D) before the first layer and behind each."""
    mask = mask_of(ids, "causal mask" if attends == "to the left only" else "as published").to(device)
    _, trace = reader(attends, training, device)(ids.to(device), mask=mask)
    return tuple(state.cpu() for state in trace.states)


def states_of(deeds: list[Deed], attends: Attends, verb: Verb, training: int, device: str) -> Tensor:
    """The state of the thing, by layer: (L + 1, N, D)."""
    texts = [one.written(verb == "after the homonym") for one in deeds]
    ids = laid_out([(text, []) for text in texts], length=LONGEST).ids
    at = torch.tensor([text.index(one.thing) + 1 for text, one in zip(texts, deeds)])
    return torch.stack([state[torch.arange(len(ids)), at] for state in states(ids, attends, training, device)])


@memo
def clouds(attends: Attends, verb: Verb, learned_from: LearnedFrom, training: int, seed: int, device: str) -> Clouds:
    dice = Dice(f"senses {seed}")
    known = sentences(KNOWN, tuple(HOMONYMS if learned_from == "homonyms" else ORDINARY), dice)
    asked = sentences(HELD_OUT, tuple(HOMONYMS), dice)
    tool = [torch.tensor([one.kind == "tool" for one in deeds]) for deeds in (known, asked)]
    learned, judged = (states_of(deeds, attends, verb, training, device) for deeds in (known, asked))
    side = torch.stack([probed(f, tool[0].long(), x) for f, x in zip(learned, judged)])
    return Clouds(judged, side, tool[1], [one.thing for one in asked])


def probed(f: Tensor, classes: Tensor, asked: Tensor) -> Tensor:
    """What a linear probe of f (K, D) with these classes (K,) says of other states (N, D): class 1 above 0.  (N,)"""
    weights = ridge_weights(standardised(f, f), classes, 2, PENALTY)  # (D, 2)
    said = standardised(asked, f) @ weights  # (N, 2)
    return said[:, 1] - said[:, 0]


@memo
def random_labels(attends: Attends, verb: Verb, layer: int, seed: int, device: str) -> float:
    """The same probe on ordinary words with a random label for each sentence: what it finds where nothing is."""
    deeds = sentences(KNOWN + HELD_OUT, tuple(ORDINARY), Dice(f"senses {seed}"))
    found = states_of(deeds, attends, verb, seed % TRAININGS, device)[layer]
    labels = torch.randint(2, (len(deeds),), generator=generator(seed))
    side = probed(found[:KNOWN], labels[:KNOWN], found[KNOWN:])
    return ((side > 0) == labels[KNOWN:].bool()).double().mean().item()


def changed_states(pair: tuple[list[str], list[str]], attends: Attends, seed: int, device: str) -> Tensor:
    """Length of the difference of each token's last state between two sentences, as a share of its length: (T,)."""
    ids = laid_out([(text, []) for text in pair], length=len(pair[0]) + 2).ids
    one, other = states(ids, attends, seed % TRAININGS, device)[-1][:, 1:-1]  # (T, D)
    return (one - other).norm(dim=1) / one.norm(dim=1)


def run(controls: WordSensesControls, device: str) -> WordSensesResult:
    c = controls
    as_animal, as_tool = HOMONYMS[c.homonym]
    one, other = (["the", c.homonym, "Ada", verb, "."] for verb in (as_animal, as_tool))
    accuracy = {
        attends: torch.stack(
            [clouds(attends, c.verb, c.learned_from, n, c.seed, device).accuracy for n in range(TRAININGS)]
        ).mean(dim=0)
        for attends in ATTENDS
    }
    return WordSensesResult(
        c, clouds(c.attends, c.verb, c.learned_from, c.seed % TRAININGS, c.seed, device), accuracy,
        random_labels(c.attends, c.verb, c.layer, c.seed, device), (one, other),
        {attends: changed_states((one, other), attends, c.seed, device) for attends in ATTENDS[:2]},
        parameter_count(reader(c.attends, 0, device)),
    )  # fmt: skip


def measure(result: WordSensesResult) -> Measurements:
    c = result.controls
    own = result.accuracy[c.attends]
    both, left, untrained = (result.accuracy[attends][c.layer].item() for attends in ATTENDS)
    changed = result.changed["to the left only" if c.attends == "to the left only" else "to both sides"]
    return {
        "sense_accuracy": own[c.layer].item(),
        "both_sides_accuracy": both,
        "left_only_accuracy": left,
        "untrained_accuracy": untrained,
        "embedding_accuracy": own[0].item(),
        "first_layer_accuracy": own[1].item(),
        "random_label_accuracy": result.random_labels,
        "earlier_change": changed[:3].max().item(),
    }
