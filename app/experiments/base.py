"""The one shape that every live experiment has.

An experiment turns validated ``Controls`` into a typed result (``run``), numbers (``measure``) and figures
(``figures``). It knows torch models and Plotly drawings, and nothing of the page that shows them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.provenance.origin import Plotted

Measurements = Mapping[str, float]
Badge = Literal["live", "trained toy", "published weights", "simulation", "published figures"]

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000), Field(json_schema_extra={"words": True})]
"""Text that a person types, with known words offered. Experiments cut it to their context by tokens and say where."""

MORE: JsonDict = {"more": True}
"""``Field(json_schema_extra=MORE)``: shown under “more controls”."""


@dataclass(frozen=True)
class OneOf:
    """Beside a ``str`` in ``Annotated``: choices that are known only on the machine that the program runs on."""

    choices: Callable[[], tuple[str, ...]]


class Controls(BaseModel):
    """What a learner may turn. Every field has a default and, if numeric, bounds."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    renamed: ClassVar[Mapping[str, str]] = {}
    """For addresses that were written down before: a control's old name → its name, ``name=old value`` → the value."""

    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed", description="Same seed, same figures", json_schema_extra=MORE
    )

    @property
    def published(self) -> bool:
        """Whether a published model runs: seconds in one piece, on a worker of its own."""
        return False

    @property
    def badge(self) -> Badge | None:
        """What kind of run it is, where that depends on the controls."""
        return None

    def highest(self) -> dict[str, int]:
        """The highest value of every control for which that depends on another one."""
        return {}


LONGEST_SOUND = 40_000
"""Samples: five seconds at 8 kHz, 107 kB on the wire."""


@dataclass(frozen=True, eq=False)
class Sound:
    """What a figure sounds like: one channel, ``rate`` samples a second (Hz), −1 to 1 at full scale.

    It is never amplified and never louder than half of full scale; see ``app.export.wav``.

    Raises:
        ValueError: unless ``samples`` are 1 to ``LONGEST_SOUND`` in one row and ``rate`` is 3,000 to 48,000.
    """

    samples: ArrayLike
    rate: int

    def __post_init__(self) -> None:
        shape = np.shape(self.samples)
        if len(shape) != 1 or not 1 <= shape[0] <= LONGEST_SOUND:
            raise ValueError(f"samples: takes 1 to {LONGEST_SOUND} in one row; these have the shape {shape}")
        if not 3_000 <= self.rate <= 48_000:
            raise ValueError(f"rate: takes 3000 to 48000 Hz; it is {self.rate}")

    @property
    def seconds(self) -> float:
        return np.shape(self.samples)[0] / self.rate


@dataclass(frozen=True, eq=False)
class Machine:
    """What the page steps by itself, from one message, with no model on the server.

    ``assets/lazy/machines/<name>.js`` is given ``numbers``: texts, numbers, lists of them, and arrays or tensors, which
    arrive as typed arrays (whole numbers in 32 bits). The first picture is the figure’s own.

    Raises:
        ValueError: unless ``name`` is a word of small letters.
    """

    name: str
    numbers: Mapping[str, object]

    def __post_init__(self) -> None:
        if not (self.name.isascii() and self.name.isalpha() and self.name.islower()):
            raise ValueError(f"name: takes one word of small letters; it is {self.name!r}")


@dataclass(frozen=True)
class Figure:
    """A drawing with its words.

    ``caption`` says what to look at; ``{trace:keys|the keys}`` in it draws the colour of that trace
    before the words, ``{accent|query}`` a colour of the palette where no trace has it to itself.
    ``text`` is the text twin: one sentence with the measured numbers in it.
    If ``plot`` has frames, the page steps through them in the browser; ``steps`` names one step
    (“position”, “step t”) and ``start`` is the frame shown first. Figures with equally many frames step together.
    ``lines`` names, for each frame to which a line of the shown code belongs, that line by a part of it.
    ``sources`` says which function computed what its traces show, so that a click on a number is answered with its
    equation. A tensor that several figures show is one object in all of them: its cells are lit together.
    ``sound`` is played under the figure when a person asks for it; ``machine`` runs on in the browser.
    """

    title: str
    caption: str
    text: str
    plot: go.Figure
    height: int = 320
    half: bool = False
    steps: str = ""
    start: int = 0
    lines: Sequence[str] = ()
    sources: Sequence[Plotted] = ()
    sound: Sound | None = None
    machine: Machine | None = None


Figures = Mapping[str, Figure]

C = TypeVar("C", bound=Controls)
R = TypeVar("R")


@dataclass(frozen=True)
class Experiment(Generic[C, R]):
    """``run(controls, device)`` returns one result, or yields results while something trains or unfolds.

    Tensors of a result may live on any device: ``measure`` and ``figures`` receive it with every tensor on the CPU, and
    ``figures`` receives the numbers that ``measure`` returned. ``parameters`` counts the weights of the model that ran;
    ``notices`` are messages for the reader (“the text was cut after …”). Unless told otherwise both are the result's
    fields of these names, if it has them. ``heavy`` says whether a run takes seconds in one piece,
    like that of a model with published weights: such runs have a worker of their own; everything else takes at most
    0.4 s, or yields as often. ``labels`` says what a reader sees for a metric, its unit after a comma (“loss of
    held-out text, nats per token”); the others are read from their names. Its id is its place:
    ``attention/grouped_query``.
    """

    controls: type[C]
    run: Callable[[C, str], R | Iterator[R]]
    measure: Callable[[R], Measurements]
    figures: Callable[[R, Measurements], Figures]
    badge: Badge = "live"
    parameters: Callable[[R], int] = lambda result: getattr(result, "parameters", 0)
    notices: Callable[[R], Sequence[str]] = lambda result: getattr(result, "notices", ())
    heavy: Callable[[C], bool] = lambda controls: controls.published
    labels: Mapping[str, str] = field(default_factory=dict)


AnyExperiment = Experiment[Any, Any]
