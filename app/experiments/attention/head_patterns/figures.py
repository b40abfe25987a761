"""The three linked figures of many heads: their maps, their scores, and the picked map."""

from app.experiments.attention.head_patterns.run import PatternResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.heads import large_map, overview, score_blocks


def figures(result: PatternResult, numbers: Measurements) -> Figures:
    return {"heads": _heads(result, numbers), "scores": _scores(result), "map": _map(result)}


def _heads(result: PatternResult, numbers: Measurements) -> Figure:
    maps = result.text.weights
    return Figure(
        title=f"Every head's map of your text, {maps.shape[0]} layers × {maps.shape[1]} heads",
        caption="A tile is a map: its rows ask, its columns answer; strong colour is much weight. Click a head.",
        text=(
            f"Two heads of one layer spend {numbers['difference_between_maps']:.0%} of their weight on different"
            " tokens, on average."
        ),
        plot=overview(maps.numpy(), picked=result.picked),
        height=340,
    )


def _scores(result: PatternResult) -> Figure:
    induction = result.scores["induction"]
    layer, head = divmod(int(induction.argmax()), induction.shape[1])
    return Figure(
        title="What each head does, scored",
        caption="On random words said twice. A row a layer, a column a head; 1 is always, 0 never. Click a cell.",
        text=f"The strongest induction head is layer {layer}, head {head}: {induction[layer, head]:.3f}.",
        plot=score_blocks({name: score.numpy() for name, score in result.scores.items()}, picked=result.picked),
        height=300,
        half=True,
    )


def _map(result: PatternResult) -> Figure:
    layer, head = result.picked
    scores = ", ".join(f"{name} {score[result.picked]:.2f}" for name, score in result.scores.items())
    return Figure(
        title=f"The ringed head: layer {layer}, head {head}",
        caption="Its weights on your text: a row is a token that asks, the columns are those that it looks at.",
        text=f"Its scores: {scores}.",
        plot=large_map(result.text.weights[result.picked].numpy(), result.text.pieces),
        height=300 if result.text.short else 560,
        half=result.text.short,
    )
