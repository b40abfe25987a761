"""Loss against the window for facts near and far, the same for a typed text, and what a longer text costs."""

from functools import partial

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.visible_context.run import LENGTHS, SCORES, MeasuredHomes, VisibleResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.cost.component_cost import FLOPS
from models.language.visible_context import mean_among
from models.layers.rmsnorm import RMSNorm
from models.published.cache import bytes_held
from models.published.weights import total_weights
from models.transformer.one_pass import logits, next_token
from visualizers.curve import apart, curves, mark_x
from visualizers.read_text import Lines, read_text
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES

KINDS = {"8–18 back": (0, 20), "23–38 back": (20, 40), "43–53 back": (40, 60)}
"""Facts by how far back their sentence begins."""
WORDS = "function words"
WORK_COLOURS = {"scores": ACCENT, "attention": SERIES[2], "MLPs": SERIES[1], "output": INK_3}
TICKS = (1000, 10_000, 100_000, 1_000_000)
TEXT_LENGTHS = 2.0 ** np.arange(8, 20.5, 0.5)


def figures(result: VisibleResult, metrics: Measurements) -> Figures:
    drawn = {"typed": _typed(result, metrics), "costs": _costs(result, metrics)}
    return drawn if result.measured is None else {"kinds": _kinds(result, result.measured, metrics), **drawn}


def _kinds(result: VisibleResult, measured: MeasuredHomes, metrics: Measurements) -> Figure:
    back, found = measured.homes.back, measured.answers
    groups = {name: ((back > low) & (back <= high)).float() for name, (low, high) in KINDS.items()}
    means = {name: computed(mean_among, losses=found.loss, among=among) for name, among in groups.items()}
    lines = {name: mean.tensor.numpy() for name, mean in means.items()} | {WORDS: found.function_words.numpy()}
    drawn = curves(
        list(LENGTHS), lines, x_title="window, tokens",
        y_range=(-0.15, max(4.5, 1.1 * found.loss.mean(dim=1).max().item())),
        markers=True, room=100, colours={**dict(zip(KINDS, (ACCENT, SERIES[1], SERIES[2]))), WORDS: INK_3},
    )  # fmt: skip
    c = result.controls
    gain, words = metrics["gain_of_far_facts_nats"], metrics["gain_of_function_words_nats"]
    told = (
        f"A window of {min(2 * c.visible, LENGTHS[-1])} tokens in place of {c.visible} lowers the loss of the facts"
        f" that come into view by {gain:.2f} nats per answer, that of function words by {words:.3f}."
        if np.isfinite([gain, words]).all()
        else "No fact comes into view when this window is doubled, or the question is cut off."
    )
    return Figure(
        title="Loss against the window, by what has to be predicted",
        caption=(
            "Ten homes are stated, one is asked for: a fact {trace:8–18 back|8–18}, {trace:23–38 back|23–38} or"
            " {trace:43–53 back|43–53} tokens back. Each line falls where the window reaches its fact."
        ),
        text=told,
        plot=mark_x(apart(drawn, 200), c.visible, f"{c.visible} tokens"),
        height=270,
        sources=[Plotted(mean, trace=name) for name, mean in means.items()],
    )


def _typed(result: VisibleResult, metrics: Measurements) -> Figure:
    c, model, T = result.controls, result.model, len(result.pieces)
    assert isinstance(model.norm, RMSNorm)
    z = computed(
        logits, x=result.states, gain=model.norm.weight, table=model.embedding.weight, epsilon=model.norm.epsilon
    )
    p = computed(next_token, z=z, temperature=1.0, k=0)
    first = max(0, T - c.visible)
    name = f"probability of “{result.wanted}”"
    of_target = lambda p: p[:, result.target]
    high = min(1.0, 1.3 * of_target(p.tensor).max().item()) if c.published else 1.0
    return Figure(
        title=f"Your text: how likely “{result.wanted}” stays when the text begins later",
        caption="Above each token: the text begins there. What stands left of the dotted line is outside the window.",
        text=(
            f"With all of the text, “{result.wanted}” has {of_target(p.tensor)[0].item():.0%}; with the window’s"
            f" {min(T, c.visible)} tokens {metrics['typed_probability']:.0%}."
        ),
        plot=read_text(
            result.pieces, [
                Lines(
                    "", {name: of_target(p.tensor).numpy()}, (-0.03 * high, 1.05 * high), {name: ACCENT}, pixels=130
                )
            ],
            marks=[first - 0.5] if first else [],
        ).update_xaxes(tickangle=-90).update_layout(margin_b=60),
        height=256,
        sources=[Plotted(p, of_target, trace=name)],
    )  # fmt: skip


def _costs(result: VisibleResult, metrics: Measurements) -> Figure:
    c, config, n = result.controls, result.config, TEXT_LENGTHS
    over = lambda count: (n, np.array([count(int(length)) for length in n], dtype=float))
    work = {name: over(partial(count, config)) for name, count in FLOPS.items()}
    kept = {
        f"scores {c.scores}": over(partial(SCORES[c.scores], config)),
        "cache": over(partial(bytes_held, config)),
        "weights": over(lambda length: 2.0 * total_weights(config)),
    }
    crossing = metrics["crossover_tokens"]
    operations, memory = "operations to read a text", "bytes"
    return Figure(
        title=f"What a longer text costs {config.name}",
        caption=(
            f"{{trace:scores, {operations}|Scores}} compare all pairs of tokens: twice the text, four times the work."
            f" {{c3|Attention’s matrices}}, {{c2|MLPs}} and {{ink-3|output}} grow with the text. Below,"
            f" {{accent|scores of one layer}}, {{c2|cache}} and {{ink-3|weights}}."
        ),
        text=(
            f"From {number(round(crossing))} tokens on, scores take more operations than all weights together. When"
            f" the text doubles, the scores of a layer take {metrics['score_growth']:.0f} times the bytes."
        ),
        plot=strips(
            [
                Strip(operations, {name: work[name] for name in WORK_COLOURS}, log=True, powers=3, dots=False,
                      colours=list(WORK_COLOURS.values())),
                Strip(memory, kept, log=True, powers=3, dots=False, colours=(ACCENT, SERIES[1], INK_3)),
            ],
            x_title="tokens", marks={f"{number(round(crossing))} tokens": (crossing, "left")},
            x_log=TICKS,
        ).update_xaxes(ticktext=[number(tokens) for tokens in TICKS]),
        height=380,
    )  # fmt: skip
