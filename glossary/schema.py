"""What a glossary entry must contain."""

from collections.abc import Container
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from glossary.condition import Condition

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Level = Literal["beginner", "intermediate", "advanced"]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Symbol(Strict):
    """A letter of an equation and what it stands for; the control that sets it, where there is one."""

    tex: Line
    says: Line
    control: str = ""


class Equation(Strict):
    """LaTeX, and the function or class in ``models/`` that computes it, as ``package.module:name``."""

    name: Line
    latex: Line
    code: str = Field(pattern=r"^models(\.\w+)+:\w+(\.\w+)*$")
    symbols: list[Symbol] = []


class Stated(Strict):
    """A figure that is often quoted, to stand beside the measured one."""

    value: Line
    by: Line = Field(description="citation key, with its section, or who says it")
    note: str = ""


def _condition(text: str) -> str:
    Condition.parse(text)
    return text


ClaimKind = Literal["learned", "measured", "identity", "computed"]
"""What could make a claim fail: another trained model, another run, a mistake in the code, a mistake in the formula."""


class OfPublished(Strict):
    """What a claim says of a published model, at a threshold of its own.

    A run of a published model says so by measuring the metric of ``holds``, which no other run measures. ``fails_for``
    is the change that breaks the claim there: that of the claim itself where not given, none where empty.
    """

    says: Line
    holds: str
    applies: str = ""
    value_label: str = ""
    fails_for: dict[str, Any] | None = None
    switch: str = ""
    symptom: str = ""

    _holds = field_validator("holds")(_condition)
    _applies = field_validator("applies")(lambda text: text and _condition(text))

    @model_validator(mode="after")
    def _named_switch(self) -> Self:
        if bool(self.fails_for) != bool(self.switch and self.symptom):
            raise ValueError("a fails_for of a published model has a switch and a symptom, and only it")
        return self


class Claim(Strict):
    """A sentence, the test that the run must pass, and the change of controls that makes it fail.

    ``applies`` is a condition under which the claim says anything at all: where it fails, the verdict is “does not
    apply”. ``control`` changes as much as ``fails_for`` does, elsewhere, and the claim holds; ``control_switch`` is its
    label. ``shows`` is what the numbers of the broken run must be for the symptom to be there to see. ``published`` is
    what it says instead where a published model was run.
    """

    says: Line
    kind: ClaimKind = "measured"
    holds: str
    applies: str = ""
    fails_for: dict[str, Any] = Field(min_length=1)
    switch: Line = Field(description="label of the break-it switch, in a few words")
    symptom: Line = Field(description="what to look for when it is broken")
    shows: str = Field("", description="the symptom as a condition on the broken run")
    control: dict[str, Any] = Field({}, description="matched control: a change of the same size that breaks nothing")
    control_switch: str = Field("", description="label of the control's switch")
    value_label: str = Field("", description="what the measured number is, in a word or two")
    stated: Stated | None = None
    published: OfPublished | None = None

    _holds = field_validator("holds")(_condition)
    _optional = field_validator("applies", "shows")(lambda text: text and _condition(text))

    @property
    def condition(self) -> Condition:
        return Condition.parse(self.holds)

    def of(self, metrics: Container[str]) -> "Claim":
        """The claim as it stands for the run that measured these: itself, or what it says of a published model."""
        other = self.published
        if other is None or Condition.parse(other.holds).metric not in metrics:
            return self
        told = other.model_dump(exclude={"fails_for", "switch", "symptom"})
        if other.fails_for is not None:
            told |= {"fails_for": other.fails_for, "switch": other.switch, "symptom": other.symptom}
        return self.model_copy(update=told | {"shows": "", "control": {}, "control_switch": "", "stated": None})

    @model_validator(mode="after")
    def _named_control(self) -> Self:
        if bool(self.control) != bool(self.control_switch):
            raise ValueError("control and control_switch are given together")
        return self


class Choice(Strict):
    says: Line
    when: str = Field(description="condition under which this is the right answer; the metric may be written x")

    _when = field_validator("when")(_condition)


Kind = Literal["choice", "number", "map", "curve"]


class Prediction(Strict):
    """A question asked before the result. The answer is ``metric`` of a run at ``set`` (over a run at ``over``).

    It is guessed as one of ``choices``, as a number from ``low`` to ``high``, as the one of several drawings of
    ``figure`` that a run at ``set`` draws (``others`` draw the wrong ones), or as a curve: the metric where the control
    ``along`` stands ``at`` each of several values.
    """

    asks: Line
    metric: str = Field("", pattern=r"^([a-z][a-z0-9_]*)?$")
    set: dict[str, Any] = {}
    over: dict[str, Any] | None = Field(
        None, description="if given, the answer is the ratio to a run at these controls"
    )
    choices: list[Choice] = []
    low: float | None = None
    high: float | None = None
    figure: str = Field("", description="key of the figure whose drawings are to be told apart")
    others: list[dict[str, Any]] = Field([], max_length=3, description="changes of the preset that draw wrong answers")
    along: str = Field("", description="the control along which a curve is drawn")
    at: list[int | float] = Field([], max_length=12, description="its values, from left to right")
    unit: str = ""
    reveals: str = Field("", description="a sentence shown with the answer")

    @property
    def kind(self) -> Kind:
        return "choice" if self.choices else "map" if self.others else "curve" if self.at else "number"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        ranged = self.low is not None and self.high is not None and self.low < self.high
        complete = {
            "choice": len(self.choices) > 1 and bool(self.metric),
            "number": ranged and bool(self.metric),
            "map": len(self.others) > 1 and bool(self.figure),
            "curve": ranged and bool(self.metric and self.along) and len(self.at) > 2,
        }
        fits = ranged == (self.kind in ("number", "curve"))
        if not complete[self.kind] or not fits or sum(map(bool, (self.choices, self.others, self.at))) > 1:
            raise ValueError(
                "a prediction has a metric and two or more choices, or a slider with low < high, or those and three or "
                "more values at along; or a figure and two or more others"
            )
        return self


class Live(Strict):
    experiment: str = Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+$", description="chapter/family, a folder of experiments")
    preset: dict[str, Any] = {}
    controls: list[str] = Field([], max_length=6, description="the visible controls, in order; the rest under more")
    finds: str = Field(
        "", description="what to find: one sentence with measured numbers in it, “{mean_entropy_nats}”, “{recall:%}”"
    )
    claims: list[Claim] = Field(min_length=1, max_length=3)
    predictions: list[Prediction] = Field(min_length=1, max_length=2)


class Part(Strict):
    """One stop of a lesson: an entry, how it is set, a question to begin with, and the claim that B breaks."""

    entry: Slug
    title: Line
    set: dict[str, Any] = Field({}, description="changes of the entry's preset")
    question: int | Prediction = Field(description="one of the entry's own predictions, counted from 1, or a new one")
    breaks: int = Field(1, ge=1, description="the claim that B breaks once the question is revealed, counted from 1")
    before: bool = Field(True, description="whether the first figure at ``set`` may be seen while guessing")


class Lesson(Strict):
    """Entries in an order that teaches something, each begun with a guess."""

    slug: Slug
    title: Line
    asks: Line = Field(description="what the lesson answers, as one question")
    place: int = Field(99, description="where it stands among the lessons")
    parts: list[Part] = Field(min_length=3, max_length=6)


def words(text: str) -> int:
    return len(text.split())


class Head(Strict):
    """What stands above the first table of an entry's file: enough for every list and for the map."""

    slug: Slug
    title: Line
    chapter: Slug
    level: Level
    aliases: list[str] = []
    needs: list[Slug] = []
    variants: list[Slug] = []
    used_in: list[str] = []
    cite: list[str] = Field(min_length=1, description="key#section, keys from references/")
    defined_by: str = Field("", description="key of the citation that first defined it: its year on the timeline")
    where: str = Field(
        "", pattern=r"^([a-z0-9-]+/[a-z0-9-]+)?$", description="diagram/part: where in a model it stands"
    )


class Entry(Head):
    equations: list[Equation] = Field(min_length=1, max_length=4)
    live: Live
    definition: str
    purpose: str
    fact_check: str = Field("", description="where what is often said and what is published part")
    details: str = Field("", description="further facts, lists and tables of the sources")

    @model_validator(mode="after")
    def _short(self) -> Self:
        for name, limit in (("definition", 60), ("purpose", 80), ("fact_check", 120)):
            count = words(getattr(self, name))
            if count > limit or (count == 0 and name != "fact_check"):
                raise ValueError(f"{name} has {count} words; it takes 1 to {limit}")
        return self
