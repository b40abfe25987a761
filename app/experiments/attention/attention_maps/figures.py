"""The three linked figures of attention: all maps, the picked one, and one token's weighted sum."""

from app.experiments.attention.attention_maps.run import WEIGHTS, MapResult
from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.provenance.origin import Computed, Drawn
from models.attention.dot_product import mix
from visualizers.heads import large_map, overview
from visualizers.weighted_sum import weighted_sum


def figures(result: MapResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"heads": _heads(result, numbers), "map": _map(result), "sum": _sum(result, numbers)}, origins(result)
    )


def _heads(result: MapResult, numbers: Measurements) -> Figure:
    controls, maps = result.controls, result.text.weights
    return Figure(
        title=f"Every head, {maps.shape[0]} layers × {maps.shape[1]}",
        caption="Strong colour is much weight. The ringed head is the large map; click another.",
        text=(
            f"Over {len(result.asked.logits)} other texts the head that looks back most gives the answer"
            f" {numbers['largest_mean_weight_on_answer']:.3g} of the last token's weight; the model answers"
            f" {numbers['answers_right_share']:.0%} of them rightly."
        ),
        plot=overview(maps.numpy(), picked=(controls.layer, controls.head)),
        height=300,
        half=result.text.short,
    )


def _map(result: MapResult) -> Figure:
    controls, text = result.controls, result.text
    query = controls.token(len(text.pieces))
    weights = text.weights[controls.layer, controls.head]
    found = int(weights[query].argmax())
    return Figure(
        title=f"What each token looks at: layer {controls.layer}, head {controls.head}",
        caption="A row is a token that asks. The {accent|framed} row is summed below; click another.",
        text=f"“{text.pieces[query]}” gives most weight to “{text.pieces[found]}”, {weights[query, found]:.3f}.",
        plot=large_map(weights.numpy(), text.pieces, query=query, sets="query"),
        height=300 if text.short else 560,
        half=text.short,
    )


def _sum(result: MapResult, numbers: Measurements) -> Figure:
    controls, text = result.controls, result.text
    layer, head, query = controls.layer, controls.head, controls.token(len(text.pieces))
    seen = query + 1  # later tokens are out of sight
    weights = text.weights[layer, head, query, :seen]
    asking = text.pieces[query]
    word, p = text.prediction(query)
    return Figure(
        title=f"What “{asking}” takes in; then the model expects “{word}”",
        caption=(
            "Each row is a token: its {accent|weight}, and weight times value, feature by feature."
            " Step through it: the sum turns into the head's output."
        ),
        text=(
            f"{numbers['values_for_cosine_099']:.0f} of {seen} values, heaviest first, bring the sum within a cosine of"
            f" 0.99 of the output. After “{asking}” the model expects “{word}” with probability {p:.3f}."
        ),
        plot=weighted_sum(
            text.pieces[:seen],
            weights.numpy(),
            text.values(layer)[head, :seen].numpy(),
            text.layers[layer].output[0, head, query].numpy(),
            sets="query",
        ),
        height=min(560, 118 + 20 * seen),
        lines=["return weights @ v"] * seen,
        steps="values added",
        start=query,
    )


def origins(result: MapResult) -> list[Drawn]:
    controls, trace = result.controls, result.text.layers[result.controls.layer]
    head, query = controls.head, controls.token(len(result.text.pieces))
    *_, weights, output = origins_of(trace)
    if controls.weights != "learned":
        weights = Computed(
            trace.weights, WEIGHTS[controls.weights](100 * controls.seed + controls.layer), weights.given
        )
        output = Computed(trace.output, mix, {"weights": weights, "v": output.given["v"]})
    return [
        Drawn("map", weights, lambda w: w[0, head]),
        Drawn("sum", weights, lambda w: w[0, head, query, : query + 1]),
        Drawn("sum", output, lambda y: y[0, head, query][None], trace=2),
    ]
