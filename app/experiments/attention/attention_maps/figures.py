"""The three linked figures of attention: all maps, the picked one, and one query's weighted sum."""

from app.experiments.attention.attention_maps.run import CUTS, SHUFFLED_IN, MapResult, weigh_of
from app.experiments.attention.sources import AttentionOrigins, origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.provenance.origin import Computed, Plotted
from models.attention.dot_product import mix
from visualizers.heads import large_map, overview
from visualizers.weighted_sum import weighted_sum


def figures(result: MapResult, metrics: Measurements) -> Figures:
    chain = _chain(result)
    return {
        "heads": _heads(result, metrics),
        "map": _map(result, chain),
        "sum": _sum(result, metrics, chain),
    }


def _chain(result: MapResult) -> AttentionOrigins | None:
    """None where the mask hides the answer from some heads: a text's own mask differs by head then."""
    controls, trace = result.controls, result.text.layers[result.controls.layer]
    hidden = controls.weights == "learned" and not controls.published
    if hidden and any(layer == controls.layer for layer, _ in CUTS[controls.cut]):
        return None
    chain = origins_of(trace)
    if controls.weights == "learned" or (controls.published and controls.weights in SHUFFLED_IN):
        return chain
    weigh = weigh_of(controls, controls.layer)
    weights = Computed(trace.weights, weigh, chain.weights.given)
    return chain._replace(weights=weights, output=Computed(trace.output, mix, {"weights": weights, "v": chain.v}))


def _heads(result: MapResult, metrics: Measurements) -> Figure:
    controls, maps = result.controls, result.text.weights
    return Figure(
        title=f"Every head, {maps.shape[0]} layers × {maps.shape[1]} heads",
        caption="Each tile is one head's attention map; dark is much weight. The framed head is shown large.",
        text=_found(result, metrics),
        plot=overview(maps.numpy(), picked=(controls.layer, controls.head)),
        height=300,
        half=_half(result),
    )


def _half(result: MapResult) -> bool:
    """Whether the overview and the map stand side by side: 30 layers side by side want the whole width."""
    return result.text.short and not result.controls.published


def _found(result: MapResult, metrics: Measurements) -> str:
    if result.answers is None:
        return f"The first token gets {metrics['mean_weight_on_first_token']:.0%} of all weight of later tokens."
    return (
        f"The model answers {metrics['answers_right_share']:.0%} of {len(result.answers.logits)} held-out questions."
        f" Layer 3, head 3 puts {metrics['answer_head_weight']:.0%} of its weight on the answer."
    )


def _map(result: MapResult, chain: AttentionOrigins | None) -> Figure:
    controls, text, query = result.controls, result.text, result.query
    weights = text.weights[controls.layer, controls.head]
    found = int(weights[query].argmax())
    return Figure(
        title=f"Attention map of layer {controls.layer}, head {controls.head}",
        caption="Rows are queries, columns keys. The {accent|framed} row is summed below; click another.",
        text=f"“{text.pieces[query]}” gives most weight to “{text.pieces[found]}”, {weights[query, found]:.3f}.",
        plot=large_map(weights.numpy(), text.pieces, query=query, sets="query"),
        height=300 if text.short else 560,
        half=_half(result),
        sources=[Plotted(chain.weights, lambda w: w[0, controls.head])] if chain else [],
    )


def _sum(result: MapResult, metrics: Measurements, chain: AttentionOrigins | None) -> Figure:
    controls, text, query = result.controls, result.text, result.query
    layer, head = controls.layer, controls.head
    seen = query + 1  # later tokens are masked
    word, p = text.prediction(query)
    sources = [
        Plotted(chain.weights, lambda w: w[0, head, query, :seen], "weights"),
        Plotted(chain.output, lambda y: y[0, head, query][None], "output"),
    ] if chain else []  # fmt: skip
    return Figure(
        title=f"What “{text.pieces[query]}” takes in; the model then predicts “{word}”",
        caption=(
            "Each row is a token: its {accent|weight}, and weight times value. Step through: the sum becomes the"
            " head's output."
        ),
        text=(
            "Almost the whole output (cosine 0.99) comes from the heaviest values:"
            f" {metrics['values_for_cosine_099']:.0f} of {seen}. The prediction “{word}” has probability {p:.2f}."
        ),
        plot=weighted_sum(
            text.pieces[:seen],
            text.weights[layer, head, query, :seen].numpy(),
            text.values(layer)[head, :seen].numpy(),
            text.layers[layer].output[0, head, query].numpy(),
            sets="query",
        ),
        height=min(560, 118 + 20 * seen),
        lines=["return weights @ v"] * seen,
        steps="values added",
        start=query,
        sources=sources,
    )
