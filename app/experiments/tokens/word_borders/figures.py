"""Three figures of tokens: the prompt cut into them, facts completed by how prompts are cut, and the next token."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.word_borders.completions import WAYS
from app.experiments.tokens.word_borders.run import BorderResult
from app.provenance.origin import Plotted, computed
from models.layers.softmax import softmax
from visualizers.distribution import bars
from visualizers.theme import ACCENT, INK_3
from visualizers.token_table import token_table


def figures(result: BorderResult, metrics: Measurements) -> Figures:
    return {
        "ways": _ways(result, metrics),
        "tokens": _tokens(result, metrics),
        "next token": _next(result, metrics),
    }


def _tokens(result: BorderResult, metrics: Measurements) -> Figure:
    return Figure(
        title="The prompt as the model reads it",
        caption=(
            "One column per token. A word’s token holds the space before it; ␣ is a space alone, and · marks a piece"
            " without a space before it."
        ),
        text=f"The prompt has {metrics['prompt_bytes']:g} bytes in {metrics['prompt_tokens']:g} tokens.",
        plot=token_table(
            {
                "token": result.pieces,
                "id": list(map(str, result.ids)),
                "bytes": [str(len(raw)) for raw in result.raw],
            }
        ),
        height=270,
        half=True,
    )


def _ways(result: BorderResult, metrics: Measurements) -> Figure:
    c = result.controls
    here = [way == (c.ending, c.cut) for way in WAYS.values()]
    return Figure(
        title="Facts completed, by how the prompt is cut",
        caption=(
            f"{len(result.completions)} beginnings like “Mia has a”, with other tokens at one place. ␣ is a space."
            + (" {accent|Accent}: as it is set now." if any(here) else "")
        ),
        text=(
            f"With the prompts as they are, {result.completed['as it is']:.0%} of the facts are completed. With a space"
            f" at the end it is {metrics['completed_after_a_space']:.0%}, with the name in letters"
            f" {result.completed['name in letters']:.0%}. As set now it is {metrics['completed_share']:.0%}."
        ),
        plot=bars(
            np.array(list(result.completed.values())), labels=list(WAYS),
            y_range=(0, 1.18), colours=[ACCENT if this else INK_3 for this in here],
        ),
        height=230,
    )  # fmt: skip


def _next(result: BorderResult, metrics: Measurements) -> Figure:
    probabilities = computed(softmax, z=result.z)
    values = probabilities.tensor[result.shown].numpy()
    return Figure(
        title="The next token",
        caption="{trace:values|Probability} of the likeliest tokens behind the prompt.",
        text=f"The likeliest is “{result.names[0]}” with {float(values[0]):.1%}.",
        plot=bars(
            values, labels=[name[:8] for name in result.names], y_range=(0, 1.15 * float(np.max(values))), write=False
        ),
        height=270,
        half=True,
        sources=[Plotted(probabilities, lambda p: p[result.shown], trace="values")],
    )
