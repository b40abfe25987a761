"""The one shape that every live experiment has.

An experiment turns validated ``Controls`` into a typed result (``run``), numbers (``measure``) and figures
(``draw``). It knows torch models and Plotly drawings, and nothing of the page that shows them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import plotly.graph_objects as go
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.tracing.origin import Drawn

Measurements = Mapping[str, float]
Badge = Literal["live", "trained toy", "simulation", "published figures"]

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
"""Text that a person types. Experiments cut it to their context by tokens and say where."""

MORE: JsonDict = {"more": True}
"""``Field(json_schema_extra=MORE)``: shown under “more controls”."""


class Controls(BaseModel):
    """What a learner may turn. Every field has a default and, if numeric, bounds."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    seed: int = Field(
        0, ge=0, le=2**31 - 1, title="Seed", description="Same seed, same figures", json_schema_extra=MORE
    )


@dataclass(frozen=True)
class Figure:
    """A drawing with its words.

    ``caption`` says what to look at; ``{accent|query}`` in it draws a colour key before the word.
    ``text`` is the text twin: one sentence with the measured numbers in it.
    If ``plot`` has frames, the page steps through them in the browser; ``steps`` names one step
    (“position”, “step t”) and ``start`` is the frame shown first. Figures with equally many frames step together.
    ``lines`` names, for each frame to which a line of the shown code belongs, that line by a part of it.
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


Figures = Mapping[str, Figure]

C = TypeVar("C", bound=Controls)
R = TypeVar("R")


@dataclass(frozen=True)
class Experiment(Generic[C, R]):
    """``run(controls, device)`` returns one result, or yields results while something trains or unfolds.

    Tensors of a result may live on any device: ``measure`` and ``draw`` receive it with every tensor on the CPU.
    ``parameters`` counts the weights of the model that ran; ``notices`` are messages for the reader
    (“the text was cut after …”). Unless told otherwise both are the result's fields of these names, if it has them.
    ``heavy`` says whether a run takes seconds in one piece, like that of a model with published weights: such runs
    have a worker of their own. Everything else takes at most 0.4 s, or yields as often.
    ``origins`` says which function made what the figures show, so that a click on a number can be answered with its
    equation.
    """

    id: str
    controls: type[C]
    run: Callable[[C, str], R | Iterator[R]]
    measure: Callable[[R], Measurements]
    draw: Callable[[R], Figures]
    badge: Badge = "live"
    parameters: Callable[[R], int] = lambda result: getattr(result, "parameters", 0)
    notices: Callable[[R], Sequence[str]] = lambda result: getattr(result, "notices", ())
    origins: Callable[[R], Sequence[Drawn]] = lambda result: ()
    heavy: Callable[[C], bool] = lambda controls: False


AnyExperiment = Experiment[Any, Any]
