"""Prompts completed by the number of examples, some prompts written out, and the sizes of the published models."""

from collections.abc import Sequence

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.few_shot.run import COMPARED, SHOTS, ShotResult
from app.experiments.transformers.published_sizes import counted_sizes
from app.provenance.origin import Plotted
from visualizers.answer_table import answer_table, end_of
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, INK_3, SERIES

BEST = "best possible"
STATED = {
    "GPT-3 Small": "paper 125M", "GPT-3 2.7B": "paper 2.7B", "GPT-3 6.7B": "paper 6.7B", "GPT-3 175B": "paper 175B",
}  # fmt: skip


def figures(result: ShotResult, metrics: Measurements) -> Figures:
    return {"shots": _shots(result, metrics), "prompts": _prompts(result, metrics), "sizes": _sizes()}


def _shots(result: ShotResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines: dict[str, torch.Tensor] = {
        size: torch.tensor([one.right_share for one in found]) for size, found in result.by_size.items()
    }
    if result.best:
        lines[BEST] = torch.tensor(result.best)
    colours = dict(zip(result.by_size, (SERIES[1], SERIES[2], SERIES[4], SERIES[3])))
    colours |= {BEST: INK_3, result.name: ACCENT}
    plot = curves(
        np.array(SHOTS), {name: line.numpy() for name, line in lines.items()}, x_title="examples in the prompt",
        y_range=(-0.03, 1.06), markers=True, colours=colours, room=138,
    )  # fmt: skip
    beyond = " {trace:best possible|Best possible}: copy what was shown, guess otherwise." if result.best else ""
    return Figure(
        title=f"{result.task[0].upper() + result.task[1:]}: prompts completed, by the number of examples",
        caption=(
            f"Share of {len(result.here.prompts)} prompts whose likeliest next token is the answer."
            " {accent|The model you chose}." + beyond
        ),
        text=(
            f"With {c.shots} examples, {result.here.right_share:.0%} are completed by “{result.name}”."
            f" A checksum of its weights, {result.checksums[0]:08x} before the prompts and {result.checksums[1]:08x}"
            " after them, shows whether any weight changed."
        ),
        plot=apart(plot.update_xaxes(tickvals=list(SHOTS), range=[-0.3, 8.3]), 210),
        height=300,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _prompts(result: ShotResult, metrics: Measurements) -> Figure:
    c = result.controls
    at = SHOTS.index(c.shots)
    names = [result.name] if c.published else [COMPARED[0], *({result.name} - {COMPARED[0]})]
    shown = range(4)
    columns: dict[str, Sequence[tuple[str, bool]]] = {
        name: [(one.said[number] or "?", one.right[number]) for number in shown]
        for name, one in ((name, result.by_size[name][at]) for name in names)
    }
    first = result.here.prompts[0]
    return Figure(
        title=f"Ends of four prompts with {c.shots} examples",
        caption="{held|Right} and {failed|wrong} completions: the likeliest of all tokens.",
        text=f"“{end_of(first.text)}” is completed with “{result.here.said[0]}”; right is “{first.answer}”.",
        plot=answer_table(
            [end_of(result.here.prompts[number].text) for number in shown], columns, names, first_column=1.5
        ),
        height=210,
    )


def _sizes() -> Figure:
    return counted_sizes(
        "GPT-3", STATED, "Four of the eight sizes of table 2.1, counted from its layers and widths, beside its figures."
    )
