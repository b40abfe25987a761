"""Three small networks trained live to tag characters by what follows: in both directions, forward, and delayed."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.recurrence.typed_signs import Signs, ids_of
from models.data.signs_ahead import ALPHABET, TAGS, Tagged, tagged, texts
from models.parameter_count import parameter_count
from models.recurrence.bidirectional import Bidirectional, Delayed, TwiceBackward, TwiceForward
from models.recurrence.gru import GRU
from models.recurrence.live_training import LiveTraining
from models.seeding import generator, seeded

V, WIDTH, FORWARD_WIDTH = len(ALPHABET), 16, 25
LENGTH, BATCH, HELD_OUT, LONGEST = 14, 32, 256, 32
LEARNING_RATE = 2e-2
OFFSETS = range(-4, 6)
"""Characters that are exchanged, counted from the one whose tag is predicted."""

Reading = Literal["forward and backward", "both forward", "both backward"]
KINDS: dict[Reading, type[Bidirectional]] = {
    "forward and backward": Bidirectional, "both forward": TwiceForward, "both backward": TwiceBackward,
}  # fmt: skip


class DirectionControls(Controls):
    text: Signs = Field("abc+defg-hab-c+def", title="Text", description="Letters a to h, + and −; others are left out")
    reading: Reading = Field("forward and backward", title="The two cells read")
    delay: int = Field(0, ge=0, le=5, title="Delay of the forward network", description="Characters it waits")
    steps: int = Field(100, ge=20, le=300, multiple_of=10, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """How the two networks stand after some steps, on held-out texts."""

    both: float  # accuracy of the network with two cells
    forward: float  # of the forward network, with its delay


class DirectionResult(NamedTuple):
    controls: DirectionControls
    progress: Progress[Snapshot]
    text: Tagged  # (1, T)
    logits: dict[str, Tensor]  # network → (T, 3)
    influence: dict[str, Tensor]  # network → share of tags that change when the character at each offset does
    parameters: int
    forward_parameters: int
    notices: list[str]


def run(controls: DirectionControls, device: str) -> Iterator[DirectionResult]:
    build = KINDS[controls.reading]
    two = seeded(lambda: build(GRU(WIDTH, V), GRU(WIDTH, V), WIDTH, len(TAGS)), controls.seed, device)
    one = seeded(
        lambda: Delayed(GRU(FORWARD_WIDTH, V), FORWARD_WIDTH, len(TAGS), controls.delay), controls.seed, device
    )
    networks = {"two directions": two, "forward": one}
    held_out = texts(HELD_OUT, LENGTH, generator(controls.seed + 1))
    ids, notices = ids_of(controls.text.lower().replace("−", "-"), ALPHABET, LONGEST, "signs")
    text = tagged(ids)

    def loss(draws: torch.Generator) -> Tensor:
        drawn = texts(BATCH, LENGTH, draws)
        x, tags = drawn.x.to(device), drawn.tags.to(device).flatten()
        return cross_entropy(two(x)[0].flatten(0, 1), tags) + cross_entropy(one(x)[0].flatten(0, 1), tags)

    learning = LiveTraining(nn.ModuleList(networks.values()), loss, controls.seed, LEARNING_RATE)
    evaluate = lambda: Snapshot(*(accuracy(network, held_out, device) for network in networks.values()))
    moved: dict[str, Tensor] = {}
    for progress in training(learning.step, evaluate, controls.steps):
        with torch.no_grad():
            seen = {name: network(text.x.to(device))[0][0] for name, network in networks.items()}
        if progress.done or not moved:
            moved = {name: influence(network, held_out, controls.seed, device) for name, network in networks.items()}
        yield DirectionResult(
            controls, progress, text, seen, moved, parameter_count(two), parameter_count(one), notices
        )


@torch.no_grad()
def accuracy(network: nn.Module, text: Tagged, device: str) -> float:
    """The share of characters with the right tag."""
    return (network(text.x.to(device))[0].argmax(dim=-1) == text.tags.to(device)).float().mean().item()


@torch.no_grad()
def influence(network: nn.Module, text: Tagged, seed: int, device: str) -> Tensor:
    """How often the tag of the sixth character changes when the character at each of OFFSETS is drawn anew."""
    at, draws = 5, generator(seed + 2)
    before = network(text.x.to(device))[0][:, at].argmax(dim=-1)
    shares = []
    for offset in OFFSETS:
        ids = text.ids.clone()
        ids[:, at + offset] = torch.randint(V, (len(ids),), generator=draws)
        after = network(text._replace(ids=ids).x.to(device))[0][:, at].argmax(dim=-1)
        shares.append((before != after).float().mean())
    return torch.stack(shares)


def measure(result: DirectionResult) -> Measurements:
    newest = result.progress.newest
    ahead = [index for index, offset in enumerate(OFFSETS) if offset > 0]
    return {
        "accuracy_two_directions": newest.both,
        "accuracy_forward": newest.forward,
        "tags_changed_by_later_characters": result.influence["two directions"][ahead].sum().item(),
        "tags_changed_by_later_characters_forward": result.influence["forward"][ahead].sum().item(),
        "parameters_two_directions": result.parameters,
        "parameters_forward": result.forward_parameters,
    }
