"""Three figures of two directions: tags of a text, accuracy during training, and which characters move a tag."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.two_directions.run import OFFSETS, DirectionResult
from app.provenance.origin import Plotted, computed
from models.data.signs_ahead import ALPHABET, TAGS
from models.layers.softmax import softmax
from visualizers.curve import apart, curves
from visualizers.distribution import grouped_bars
from visualizers.read_text import Cells, height_of, read_text
from visualizers.theme import SERIES

TWO, ONE = "two directions", "forward"


def figures(result: DirectionResult, metrics: Measurements) -> Figures:
    return {"tags": _tags(result, metrics), "influence": _influence(result), "training": _training(result, metrics)}


def _forward_name(result: DirectionResult) -> str:
    delay = result.controls.delay
    return "forward" if not delay else f"forward, delayed by {delay}"


def _tags(result: DirectionResult, metrics: Measurements) -> Figure:
    right = result.text.tags[0]
    of_right = lambda p: p.gather(1, right[:, None]).T  # (1, T)
    names = {name: f"probability of the right tag: {name}" for name in (TWO, ONE)}
    predicted = {name: computed(softmax, z=result.logits[name]) for name in names}
    charts = [Cells(title, of_right(predicted[name].tensor).numpy(), [""]) for name, title in names.items()]
    tokens = [ALPHABET[index] for index in result.text.ids[0].tolist()]
    labelled = [f"{token}<br>{'·' if tag == 0 else TAGS[tag]}" for token, tag in zip(tokens, right.tolist())]
    plot = read_text(tokens, charts)
    plot.update_xaxes(ticktext=labelled)
    return Figure(
        title="Your text, and the right tag below each character",
        caption=(
            "Dark: the network is sure of the right tag. The tag is the first sign among the next three characters, ·"
            " if there is none."
        ),
        text=(
            f"In held-out texts {metrics['accuracy_two_directions']:.0%} of the tags are right with two directions,"
            f" {metrics['accuracy_forward']:.0%} {_forward_name(result)}."
        ),
        plot=plot,
        height=height_of(charts) + 14,
        sources=[Plotted(predicted[name], of_right, trace=title) for name, title in names.items()],
    )


def _influence(result: DirectionResult) -> Figure:
    shares = {name: values.numpy() for name, values in result.influence.items()}
    later = {name: 100 * values[[o > 0 for o in OFFSETS]].max() for name, values in shares.items()}
    return Figure(
        title="Share of tags that change if one character is replaced",
        caption=(
            "0 is the tagged character, +1 the next one. {trace:two directions|Two directions},"
            " {trace:forward|forward}."
        ),
        text=(
            f"Replacing a later character changes up to {later[TWO]:.0f} % of the tags with two directions, at most"
            f" {later[ONE]:.0f} % with the network that reads {_forward_name(result)}."
        ),
        plot=grouped_bars(
            shares, labels=[f"{offset:+d}" if offset else "0" for offset in OFFSETS], x_title="replaced character"
        ),
        height=240,
        half=True,
    )


def _training(result: DirectionResult, metrics: Measurements) -> Figure:
    progress = result.progress
    lines = {
        TWO: np.array([one.both for one in progress.snapshots]),
        ONE: np.array([one.forward for one in progress.snapshots]),
    }
    plot = curves(
        progress.taken, lines, x_title="training step", y_range=(0, 1.06), room=92, markers=True,
        colours={TWO: SERIES[0], ONE: SERIES[1]},
    )  # fmt: skip
    return Figure(
        title="Accuracy on held-out texts",
        caption="Both are trained on the same texts and have about equally many parameters.",
        text=(
            f"After {progress.step} steps two directions are right on {metrics['accuracy_two_directions']:.0%} of the"
            f" tags with {metrics['parameters_two_directions']:.0f} parameters, the forward network on"
            f" {metrics['accuracy_forward']:.0%} with {metrics['parameters_forward']:.0f}."
        ),
        plot=apart(plot, 190),
        height=240,
        half=True,
    )
