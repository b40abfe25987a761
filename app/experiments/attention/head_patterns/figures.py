"""The three linked figures of many heads: their maps, their scores, and the picked map."""

from app.experiments.attention.head_patterns.run import PatternResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Plotted
from visualizers.heads import large_map, overview, score_blocks


def figures(result: PatternResult, metrics: Measurements) -> Figures:
    return {"heads": _heads(result, metrics), "scores": _scores(result, metrics), "map": _map(result)}


def _heads(result: PatternResult, metrics: Measurements) -> Figure:
    maps = result.text.weights
    return Figure(
        title=f"Every head's map of your text, {maps.shape[0]} layers × {maps.shape[1]} heads",
        caption="Each tile is one head's attention map; dark is much weight. Click a head to see it large.",
        text=(
            f"Two heads of one layer put {metrics['difference_between_maps']:.0%} of their weight on different tokens,"
            " on average."
        ),
        plot=overview(maps.numpy(), picked=result.picked),
        height=340,
    )


def _scores(result: PatternResult, metrics: Measurements) -> Figure:
    previous, induction = (f"layer {layer}, head {head}" for layer, head in result.strongest.values())
    by = {score: result.scores[score][place].item() for score, place in result.strongest.items()}
    return Figure(
        title="Four scores of each head",
        caption="On random words said twice. Rows are layers, columns heads; 1 is always, 0 never. Click a cell.",
        text=(
            f"The previous-token score of {previous} is {by['previous token']:.2f}. The induction score of {induction}"
            f" is {by['induction']:.2f}."
        ),
        plot=score_blocks({name: score.numpy() for name, score in result.scores.items()}, picked=result.picked),
        height=max(300, 26 * len(result.scores["induction"])),
        half=True,
    )


def _map(result: PatternResult) -> Figure:
    layer, head = result.picked
    scores = ", ".join(f"{name} {score[result.picked]:.2f}" for name, score in result.scores.items())
    averaged = result.controls.maps != "one per head"
    chain = None if averaged else origins_of(result.text.layers[layer]).weights
    return Figure(
        title=f"The picked head: layer {layer}, head {head}",
        caption="Its weights on your text: rows are queries, columns keys.",
        text=f"Layer {layer}, head {head} has these scores, each from 0 to 1: {scores}.",
        plot=large_map(result.text.weights[result.picked].numpy(), result.text.pieces),
        height=300 if result.text.short else 560,
        half=result.text.short,
        sources=[Plotted(chain, lambda w: w[0, head])] if chain else [],
    )
