"""What a condition does to a probability, counted and predicted; the table it comes from; and the reverse direction."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.condition.run import TRADES, ConditionResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.data.kinds.labels import GROUPS
from models.probability.joint import joint, marginal
from visualizers.matrix import heatmap, write_cells
from visualizers.truth_bars import truth_bars

MODEL, COUNTED = "model", "counted"


def figures(result: ConditionResult, metrics: Measurements) -> Figures:
    return {
        "condition": _condition(result, metrics),
        "table": _table(result, metrics),
        "reverse": _reverse(result, metrics),
    }


def _condition(result: ConditionResult, metrics: Measurements) -> Figure:
    overall = marginal(result.joint, of=1)[0]
    model = torch.cat([torch.tensor([torch.nan]).double(), result.model[:, 0]])
    truth = torch.cat([overall[None], result.conditional[:, 0]])
    return Figure(
        title="How likely is it that somebody is a sailor?",
        caption=(
            f"{{trace:{COUNTED}|Lines}}: the share of sailors in the texts, of all people and of each group."
            f" {{trace:{MODEL}|Bars}}: the model after “… is from the coast . … works as a”, and after “… hills …”."
        ),
        text=(
            f"Of all people {metrics['sailors_share']:.1%} are sailors. The share is"
            f" {metrics['sailors_of_the_coast_share']:.1%} on the coast and"
            f" {metrics['sailors_of_the_hills_share']:.1%} in the hills; the model gives"
            f" {metrics['model_sailors_of_the_coast']:.1%} and {metrics['model_sailors_of_the_hills']:.1%}."
        ),
        plot=truth_bars(
            {MODEL: model.numpy()}, labels=["everybody", *(f"given: {group}" for group in GROUPS)],
            truth=truth.numpy(), truth_name=COUNTED, y_range=(0, 1.08),
        ),
        height=330,
    )  # fmt: skip


def _table(result: ConditionResult, metrics: Measurements) -> Figure:
    with_sums = torch.full((3, 3), torch.nan, dtype=torch.double)
    with_sums[:2, :2] = result.joint
    with_sums[:2, 2], with_sums[2, :2], with_sums[2, 2] = marginal(result.joint, 0), marginal(result.joint, 1), 1
    values = 100 * with_sums
    together = computed(joint, counts=result.counts)
    return Figure(
        title="The table that all of it comes from, per cent of the texts",
        caption="Inside: joint probabilities. Edges: their sums, the marginals. A condition divides a row by its sum.",
        text=(
            f"In {number(result.controls.texts)} texts, {100 * result.joint[0, 0]:.1f} % of the people are sailors from"
            f" the coast and {100 * result.joint[1, 0]:.1f} % are sailors from the hills."
        ),
        plot=write_cells(
            heatmap(values.numpy(), rows=[*GROUPS, "all"], columns=[*(f"{t}s" for t in TRADES), "all"], high=100.0),
            as_="%{z:.1f}",
        ),
        height=300,
        half=True,
        sources=[Plotted(together, lambda p: torch.nn.functional.pad(p, (0, 1, 0, 1), value=torch.nan), unit=100.0)],
    )  # fmt: skip


def _reverse(result: ConditionResult, metrics: Measurements) -> Figure:
    model = torch.stack([result.model[0, 0], result.reverse_model[0, 0]])
    truth = torch.stack([result.conditional[0, 0], result.reverse[0, 0]])
    return Figure(
        title="The same two words, the other way round",
        caption=(
            f"{{trace:{COUNTED}|Lines}}: counted. {{trace:{MODEL}|Bars}}: the model. At the right its probabilities are"
            " turned round by Bayes’ rule."
        ),
        text=(
            f"{metrics['sailors_of_the_coast_share']:.1%} of the people from the coast are sailors, but"
            f" {metrics['coast_of_the_sailors_share']:.1%} of the sailors are from the coast. From the"
            f" model’s probabilities Bayes’ rule gives {metrics['model_coast_of_the_sailors']:.1%}."
        ),
        plot=truth_bars(
            {MODEL: model.numpy()}, labels=["sailor, given coast", "coast, given sailor"], truth=truth.numpy(),
            truth_name=COUNTED, y_range=(0, 1.08),
        ),
        height=300,
        half=True,
    )  # fmt: skip
