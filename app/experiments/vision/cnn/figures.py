"""One digit through the layers, the accuracy on moved digits, and what one unit sees."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.cnn.run import FIELD, CnnResult
from app.experiments.vision.moved_digits import accuracy_by_shift
from app.experiments.vision.sheets import sheet
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.convolution.convolution import feature_maps
from models.convolution.pooling import max_pool
from visualizers.grids import Grid, grids

ACROSS = 4, 8  # tiles in a row, first and second layer


def figures(result: CnnResult, metrics: Measurements) -> Figures:
    return {
        "layers": _layers(result, metrics),
        "moved": _moved(result, metrics),
        "field": _field(result, metrics),
    }


def _layers(result: CnnResult, metrics: Measurements) -> Figure:
    w1, b1, w2, b2 = result.weights
    first = Computed(result.trace.first, feature_maps, {"x": result.image, "w": w1, "b": b1})
    pooled = Computed(result.trace.first_pooled, max_pool, {"x": first})
    second = Computed(result.trace.second, feature_maps, {"x": pooled, "w": w2, "b": b2})
    image = Grid(result.image[0, 0].numpy(), (0, 0), "image, 12×12", high=1.0)
    ours = Grid(sheet(result.trace.first[0], ACROSS[0]).numpy(), (14, 0), f"{len(w1)} feature maps, 12×12", 0.5)
    deeper = Grid(
        sheet(result.trace.second[0], ACROSS[1]).numpy(), (0, 15.8), f"pooled, then {len(w2)} maps, 6×6", 0.71
    )
    classes = Grid(result.probabilities.numpy()[None], (0, 29.4), "", 3.9, high=1.0, written="%{z:.0%}")
    answer = int(metrics["answer"])
    meant = "" if result.label is None else f" Its writer meant {result.label}."
    return Figure(
        title="One digit through the network",
        caption=(
            "Each small map is one kernel’s response. Bottom row: the probability of each class. Press a number of a"
            " map to see its arithmetic."
        ),
        text=f"The network says {answer} with probability {metrics['probability_of_the_answer']:.2f}.{meant}",
        plot=grids(
            {"image": image, "first feature maps": ours, "second feature maps": deeper, "classes": classes},
            signs=[(3.9 * (digit + 0.5), 28.3, str(digit)) for digit in range(10)],
        ),
        height=470,
        sources=[
            Plotted(first, lambda maps: sheet(maps[0], ACROSS[0]), "first feature maps"),
            Plotted(second, lambda maps: sheet(maps[0], ACROSS[1]), "second feature maps"),
            Plotted(result.image, lambda x: x[0, 0], "image"),
        ],
    )


def _moved(result: CnnResult, metrics: Measurements) -> Figure:
    newest = result.progress.newest
    return Figure(
        title="Accuracy on held-out digits that are moved",
        caption=(
            f"{{trace:CNN|CNN}}, {number(result.parameters)} weights, and {{trace:MLP|MLP}},"
            f" {number(result.mlp_parameters)} weights, trained on the same images."
        ),
        text=(
            f"On digits in place the CNN is right in {metrics['accuracy']:.0%} of cases, the MLP in"
            f" {metrics['mlp_accuracy']:.0%}. Moved by one pixel: {metrics['accuracy_moved_by_1']:.0%} and"
            f" {metrics['mlp_accuracy_moved_by_1']:.0%}."
        ),
        plot=accuracy_by_shift({"CNN": newest.cnn, "MLP": newest.mlp}, 180, room=44),
        height=260,
        half=True,
    )


def _field(result: CnnResult, metrics: Measurements) -> Figure:
    channel, row, column = result.unit
    image = Grid(result.image[0, 0].numpy(), (0, 0), "image", high=1.0)
    gradient = Grid(result.gradient.numpy(), (13.5, 0), "gradient of the unit", signed=True)
    top, left = max(2 * row - 3, 0), max(2 * column - 3, 0)
    bottom, right = min(2 * row - 3 + FIELD, 12), min(2 * column - 3 + FIELD, 12)
    return Figure(
        title="What one unit of the second layer reads",
        caption="The frame is its receptive field. Outside it, the gradient of the unit is exactly 0.",
        text=(
            f"The strongest unit, channel {channel}, row {row}, column {column}, depends on"
            f" {metrics['pixels_that_the_unit_reads']:.0f} of {(bottom - top) * (right - left)} pixels in the frame."
        ),
        plot=grids(
            {"image": image, "gradient": gradient},
            lines={
                "field on the image": image.outline(top, left, bottom - top, right - left),
                "field on the gradient": gradient.outline(top, left, bottom - top, right - left),
            },
        ),
        height=260,
        half=True,
    )
