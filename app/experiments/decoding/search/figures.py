"""The three figures of a search: the tree of one prompt, its best texts, and all prompts at every width."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.decoding.search.loops import PROMPTS
from app.experiments.decoding.search.run import WIDTHS, SearchResult, mean
from app.provenance.origin import Plotted, computed
from models.language.generation import mean_log_probability
from models.tokenization.tokenizer import decode
from visualizers.beam_tree import beam_tree
from visualizers.sentences import sentences
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3

SHOWN_STEPS, SHOWN_CHARACTERS = 8, 28
SIGNS = {"greedy": (INK_3, "circle-open"), "beam": (ACCENT, "circle")}


def figures(result: SearchResult, metrics: Measurements) -> Figures:
    return {"tree": _tree(result, metrics), "texts": _texts(result, metrics), "widths": _widths(result, metrics)}


def ancestors(result: SearchResult, steps: int) -> list[int]:
    """At each step, the line out of which the likeliest text after ``steps`` steps grew."""
    line, path = 0, [0]
    for step in reversed(result.tree[1:steps]):
        line = step.parents[line]
        path.append(line)
    return path[::-1]


def _tree(result: SearchResult, metrics: Measurements) -> Figure:
    shown = result.tree[:SHOWN_STEPS]
    prompt = result.controls.prompt.split()
    lines, best = [step.hypotheses for step in shown], ancestors(result, len(shown))
    return Figure(
        title=f"Beams of width {result.controls.width} after “{result.controls.prompt}”",
        caption=(
            "Each column is a step with its open texts, the likeliest on top. {accent|Strong}: how the likeliest of"
            " them came about. Where it leaves the top line, greedy decoding misses it. A click on a word goes on from"
            " there, on the first word back by one."
        ),
        text=(
            f"The text that is likeliest after {len(shown)} steps "
            + (
                f"was only number {max(best) + 1} at an earlier step. Greedy decoding, which keeps number 1 alone,"
                " misses it."
                if max(best) > 0
                else "was number 1 at every step, so greedy decoding finds it, too."
            )
        ),
        plot=beam_tree(
            [[result.words[one.tokens[-1]] for one in row] for row in lines],
            [step.parents for step in shown],
            [[one.log_probability for one in row] for row in lines],
            best=best,
            root=prompt[-1] if prompt else "",
            y_title="log-probability, nats",
            texts=[[f"{result.controls.prompt} {decode(list(one.tokens))}" for one in row] for row in lines],
            back=" ".join(prompt[:-1]),
            sets="prompt",
        ),
        height=90 + 26 * max(map(len, lines)),
    )


def shortened(text: str) -> str:
    """Beginning and end of a text, without the token that ends it."""
    text = text.removesuffix("<|end|>").strip()
    half = SHOWN_CHARACTERS // 2
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:half]}…{text[-half:]}"


def _written(nats: float) -> str:
    return f"{nats:.1f}".replace("-", "−")


def _optimum(result: SearchResult, metrics: Measurements) -> str:
    """What an exact search proves of the typed prompt."""
    if result.proven is None:
        return ""
    if metrics["beam_below_optimum_nats"] < 1e-3:
        return " An exact search proves that no text of this length is more probable."
    return f" An exact search finds one of {_written(metrics['optimum_nats'])}, and proves that none is more probable."


def _texts(result: SearchResult, metrics: Measurements) -> Figure:
    each = [result.greedy, *result.found]
    lines = [
        (f"{shortened(text)}  ({_written(one.log_probability)})", "beam" if at else "greedy")
        for at, (one, text) in enumerate(zip(each, result.texts, strict=True))
    ]
    return Figure(
        title="Texts and their log-probability, nats",
        caption="{ink-3|Greedy decoding}, and below it {accent|the best beams}. Nearer to 0 is more probable.",
        text=(
            f"The greedy text has a log-probability of {_written(metrics['greedy_log_probability_nats'])} nats, the"
            f" best beam {_written(metrics['beam_log_probability_nats'])}; it has {metrics['beam_length_tokens']:g}"
            f" tokens.{_optimum(result, metrics)}"
        ),
        plot=sentences(lines, SIGNS),
        height=250,
        half=True,
    )


def _widths(result: SearchResult, metrics: Measurements) -> Figure:
    x = np.array([one.width for one in result.searches])
    whole = [one.log_probability for one in result.searches if len(one.log_probability) == PROMPTS]
    made = computed(mean_log_probability, log_p=torch.tensor(whole, dtype=torch.double)) if whole else None
    probability = np.array([mean(one.log_probability) for one in result.searches])
    length = np.array([float(mean(one.length)) for one in result.searches])
    at_1 = np.array([float(mean(one.length_at_1)) for one in result.searches])
    low = min(probability.min() * 1.1, -1.0)
    return Figure(
        title=f"{len(result.prompts)} prompts at every width",
        caption=(
            "Mean log-probability and length of the text that the search gives. Width 1 is greedy decoding."
            " {ink-3|Grey}: lengths at a penalty α of 1."
        ),
        text=(
            f"Width {result.searches[-1].width} finds a more probable text than greedy decoding for"
            f" {metrics['better_found_share']:.0%} of the prompts. On average, its texts are"
            f" {metrics['length_over_greedy']:.2f} times as long; at α = 1,"
            f" {metrics['length_at_1_over_greedy']:.2f} times."
        ),
        plot=strips(
            [
                Strip(
                    "log-probability, nats",
                    {"log-probability": (x, probability)},
                    y_range=(low, 0.0),
                    colours=(ACCENT,),
                ),
                Strip(
                    "tokens",
                    {"tokens": (x, length), "tokens at α = 1": (x, at_1)},
                    y_range=(0.0, result.controls.steps * 1.08),
                    colours=(ACCENT, INK_3),
                ),
            ],
            x_title="beam width",
            marks={"yours": (result.controls.width, "left")},
            x_log=WIDTHS,
        ),
        height=250,
        half=True,
        sources=[Plotted(made, trace="log-probability, log-probability, nats")]
        if made and len(whole) == len(result.searches)
        else [],
    )
