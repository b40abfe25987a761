"""Regions in the plane, estimated against true probabilities, and which class is taken for which."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.gaussian_classes.run import HELD_OUT, PROBABILITIES, GaussianClassesResult
from app.provenance.origin import Computed, Plotted
from visualizers.before_after import before_after
from visualizers.class_map import regions
from visualizers.matrix import heatmap, write_cells

MOST_POINTS, MOST_PROBABILITIES = 80, 150


def figures(result: GaussianClassesResult, metrics: Measurements) -> Figures:
    return {
        "regions": _regions(result, metrics),
        "probabilities": _probabilities(result, metrics),
        "confusion": _confusion(result, metrics),
    }


def names(result: GaussianClassesResult) -> list[str]:
    return [f"class {number}" for number in range(result.controls.classes)]


def _regions(result: GaussianClassesResult, metrics: Measurements) -> Figure:
    grid = result.grid.numpy()
    strength, answers = (part.view(len(grid), -1).numpy() for part in result.regions.max(dim=-1))
    shown = {
        name: result.points[result.classes == number][:MOST_POINTS].numpy() for number, name in enumerate(names(result))
    }
    keys = ", ".join(f"{{trace:{name}|{name}}}" for name in shown)
    return Figure(
        title="What the classifier answers, everywhere in the plane",
        caption=f"Regions of {keys}, the stronger the more certain. The borders are straight lines.",
        text=(
            f"{metrics['accuracy_share']:.1%} of {HELD_OUT} held-out points are right; knowing the clusters one could"
            f" reach {metrics['best_accuracy_share']:.1%}."
        ),
        plot=regions(shown, answers, strength, x=grid, y=grid),
        height=430,
    )


def _sources(result: GaussianClassesResult) -> list[Plotted]:
    """The nearest number picks a class, which no formula says."""
    if result.controls.output == "one number":
        return []
    estimated = Computed(result.estimated, PROBABILITIES[result.controls.output], {"z": result.scores})
    return [Plotted(estimated, lambda p: p[:MOST_PROBABILITIES].flatten(), trace="values")]


def _probabilities(result: GaussianClassesResult, metrics: Measurements) -> Figure:
    true, estimated = (p[:MOST_PROBABILITIES].flatten() for p in (result.true, result.estimated))
    return Figure(
        title="Estimated against true probabilities",
        caption="One point per held-out point and class. On the dotted line, the estimate is the truth.",
        text=(
            f"The total variation distance between estimated and true probabilities is"
            f" {metrics['distance_from_true_probabilities']:.3f} on average."
        ),
        plot=before_after(true.numpy(), estimated.numpy(), x_title="true probability", y_title="estimated"),
        height=320,
        half=True,
        sources=_sources(result),
    )


def _confusion(result: GaussianClassesResult, metrics: Measurements) -> Figure:
    labels = [str(number) for number in range(result.controls.classes)]
    return Figure(
        title="Which class is taken for which",
        caption="Rows: the true class of held-out points. Columns: the answer, per cent of the row.",
        text=(
            f"{metrics['accuracy_share']:.1%} are right. The most frequent confusion takes"
            f" {metrics['most_frequent_confusion_share']:.1%} of one class for another."
        ),
        plot=write_cells(
            heatmap(100 * result.confusion.numpy(), rows=labels, columns=labels, row_title="true class",
                    column_title="answer", high=100.0),
            as_="%{z:.0f}",
        ),
        height=320,
        half=True,
    )  # fmt: skip
