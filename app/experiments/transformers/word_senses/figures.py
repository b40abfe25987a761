"""The homonym's states by layer, the senses that a probe finds, and what a changed last word changes before it."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.word_senses.run import LAYERS, Clouds, WordSensesResult
from app.provenance.origin import Plotted
from models.interpretability.probe import principal_plane
from visualizers.curve import apart, curves, mark_x
from visualizers.point_clouds import point_clouds
from visualizers.theme import ACCENT, INK_3, SERIES
from visualizers.truth_bars import truth_bars

ANIMAL, TOOL = "animal", "tool"
BOTH, LEFT, UNTRAINED = "both sides", "left only", "untrained"
NAMES = ("embedding", *(f"layer {number}" for number in range(1, LAYERS + 1)))


def figures(result: WordSensesResult, metrics: Measurements) -> Figures:
    return {
        "states": _states(result, metrics),
        "senses": _senses(result, metrics),
        "changed": _changed(result, metrics),
    }


def _plane(found: Clouds, layer: int) -> Tensor:
    """What the probe says, and the direction in which the states vary most beside it: (N, 2)."""
    f = found.states[layer]
    centre, directions = principal_plane(f)
    return torch.stack([found.side[layer], (f - centre) @ directions[:, 0]], dim=1)


def _states(result: WordSensesResult, metrics: Measurements) -> Figure:
    c = result.controls
    found = result.clouds
    own = torch.tensor([word == c.homonym for word in found.words])
    planes = []
    for layer in range(LAYERS + 1):
        plane = _plane(found, layer)
        planes.append({ANIMAL: plane[own & ~found.tool].numpy(), TOOL: plane[own & found.tool].numpy()})
    after = "after" if c.verb == "after the homonym" else "before"
    return Figure(
        title=f"“{c.homonym}” in {int(own.sum())} held-out sentences, layer by layer",
        caption=(
            f"A dot is the state of “{c.homonym}”: {{accent|an animal}} or {{c2|a tool}} by the verb {after} it."
            " Across: what a linear probe says; the dotted line is its border. Up: where states vary most."
        ),
        text=(
            f"At {NAMES[c.layer]} the probe finds {metrics['sense_accuracy']:.0%} of the senses of all four homonyms"
            f" over three trainings, at the embedding {metrics['embedding_accuracy']:.0%}. Each token attends"
            f" {c.attends}."
        ),
        plot=point_clouds(planes, titles=NAMES, x_title="← animal · tool →", picked=c.layer),
        height=300,
    )


def _senses(result: WordSensesResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = dict(zip((BOTH, LEFT, UNTRAINED), result.accuracy.values(), strict=True))
    drawn = curves(
        range(LAYERS + 1), {name: line.numpy() for name, line in lines.items()}, x_title="layer",
        y_range=(0.3, 1.06), markers=True, colours={BOTH: ACCENT, LEFT: SERIES[1], UNTRAINED: INK_3}, room=76,
    )  # fmt: skip
    apart(drawn, 230)
    drawn.update_xaxes(tickmode="array", tickvals=list(range(LAYERS + 1)))
    drawn.update_yaxes(tickformat=".0%")
    return Figure(
        title="Senses found by a linear probe",
        caption=(
            f"Mean of three trainings. Readers attend to {{trace:{BOTH}|both sides}} or to the"
            f" {{trace:{LEFT}|left only}}; one is {{trace:{UNTRAINED}|untrained}}. Guessing is right in 50 %."
        ),
        text=(
            f"With the verb {c.verb}, at {NAMES[c.layer]}: both sides {metrics['both_sides_accuracy']:.0%}, left only"
            f" {metrics['left_only_accuracy']:.0%}, untrained {metrics['untrained_accuracy']:.0%}. With labels at"
            f" random the probe finds {metrics['random_label_accuracy']:.0%}."
        ),
        plot=mark_x(drawn, c.layer, "judged"),
        height=280,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _changed(result: WordSensesResult, metrics: Measurements) -> Figure:
    one, other = result.pair
    groups = {name: change.double() for name, change in zip((BOTH, LEFT), result.changed.values())}
    top = max(float(change.max()) for change in groups.values())
    drawn = truth_bars(
        {name: change.numpy() for name, change in groups.items()}, labels=[*one[:3], "verb", "."],
        y_range=(0, 1.1 * top),
    ).update_yaxes(tickformat=".0%")  # fmt: skip
    drawn.data[1].marker.color = SERIES[1]
    before = float(np.max(groups[LEFT][:3].numpy()))
    return Figure(
        title=f"“{one[3]}” becomes “{other[3]}”: which states change?",
        caption=(
            f"Change of each token's last state, as a share of its length, in “{' '.join(one)}”:"
            f" {{trace:{BOTH}|both sides}}, {{trace:{LEFT}|left only}}."
        ),
        text=(
            f"Before the changed word, states change by up to {float(groups[BOTH][:3].max()):.0%} with both sides and"
            f" by {before:.0%} with the left only."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(change, trace=name) for name, change in groups.items()],
    )
