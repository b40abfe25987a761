"""Near and far facts against the decays, the learned half-lives, and the forms along a text."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.channel_decays.run import DecayResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.data.facts_at_a_distance import labels
from models.statespace.rwkv import half_life, parallel
from models.training.fading_memories import FAR, NEAR
from visualizers.curve import apart, curves
from visualizers.dots_by_group import dots_by_group
from visualizers.read_text import Lines, read_text
from visualizers.theme import ACCENT, INK, INK_3, MARKERS, SERIES, compact


def figures(result: DecayResult, metrics: Measurements) -> Figures:
    return {
        "balance": _balance(result, metrics), "lives": _lives(result, metrics), "forms": _forms(result, metrics),
    }  # fmt: skip


def _balance(result: DecayResult, metrics: Measurements) -> Figure:
    swept, now = result.one_for_all, result.balance
    lines = {
        "near facts": np.array(swept.each(lambda at: at.near)),
        "far facts": np.array(swept.each(lambda at: at.far)),
        "near, long texts": np.array(swept.each(lambda at: at.near_in_long)),
    }
    colours = {"near facts": SERIES[1], "far facts": ACCENT, "near, long texts": SERIES[2]}
    drawn = curves(
        swept.values, lines, x_title="one half-life for all channels, tokens", x_log=True, y_range=(0, 1.05),
        markers=True, room=112, colours=colours,
    )  # fmt: skip
    drawn.update_xaxes(tickvals=[1, 10, 100, 1000], ticktext=["1", "10", "100", "1000"])
    name = result.controls.decays
    marked = {"as learned": result.learned, "one for all, their mean": result.equal, name: now}
    for place, ((kind, found), symbol) in enumerate(zip(marked.items(), (MARKERS[1], MARKERS[0], MARKERS[2]))):
        drawn.add_scatter(
            x=compact(np.full(3, metrics["mean_half_life"] * 1.8 ** (place - 1))),
            y=compact(np.array([found.near, found.far, found.near_in_long])), name=kind,
            mode="markers", cliponaxis=False,
            marker={
                "size": 9, "color": list(colours.values()), "symbol": symbol, "line": {"color": INK, "width": 1.5},
            },
            customdata=list(colours), hovertemplate=f"%{{customdata}}, {kind}<br>%{{y:.0%}}<extra></extra>",
        )  # fmt: skip
    other = "" if len(marked) == 2 else f" Squares: {name}."
    return Figure(
        title="Right answers, if all channels fade at one rate",
        caption=(
            f"Outlined marks, near the mean half-life: diamonds as learned, circles one decay for all.{other}"
            f" {{c2|Near}}: stated fewer than {NEAR} tokens ago. {{accent|Far}}: at least {FAR}. {{c3|Long texts}} have"
            " 256 tokens."
        ),
        text=(
            f"Now {now.near:.0%} of the near facts are answered right, {now.far:.0%} of the far ones and"
            f" {now.near_in_long:.0%} of the near ones in long texts. With the mean decay in all channels of a layer,"
            f" {result.equal.far:.0%} of the far ones would be."
        ),
        plot=apart(drawn, 210),
        height=280,
    )


def _lives(result: DecayResult, metrics: Measurements) -> Figure:
    rank = np.arange(result.lives.shape[1])
    made = [computed(half_life, w=0.6931471805599453 / lives) for lives in result.lives]
    groups = {f"layer {n + 1}": (rank, one.tensor.sort().values.numpy()) for n, one in enumerate(made)}
    plot = dots_by_group(groups, x_title="channel, by half-life", y_title="half-life, tokens", size=7)
    return Figure(
        title="Half-life of each channel",
        caption="{trace:layer 1|Layer 1} and {trace:layer 2|layer 2}. After a half-life, a token counts half.",
        text=(
            f"Half-lives go from {metrics['shortest_half_life']:.1f} to {metrics['longest_half_life']:.0f} tokens; mean"
            f" {metrics['mean_half_life']:.1f}. The state takes {number(metrics['state_bytes'])} bytes at"
            f" any length; a cache of equal width after 256 tokens {metrics['cache_over_state']:.0f} times as much."
        ),
        plot=plot.update_yaxes(type="log", dtick=1),
        height=250,
        half=True,
        sources=[Plotted(one, lambda lives: lives.sort().values, trace=f"layer {n + 1}") for n, one in enumerate(made)],
    )


def _forms(result: DecayResult, metrics: Measurements) -> Figure:
    made = computed(parallel, w=result.w, u=result.u, k=result.k, v=result.trace.v)
    outputs = result.forms.parallel[0]  # (T, D)
    moving = outputs.diff(dim=0).abs().sum(dim=0) / outputs.abs().amax(dim=0)
    channel = int(moving.argmax())
    lines = {name: form[0, :, channel].numpy() for name, form in result.forms._asdict().items()}
    chart = Lines("", lines, pixels=120, colours={"parallel": INK_3, "recurrent": ACCENT, "chunkwise": SERIES[1]})
    difference = metrics["largest_difference"]
    found = f"{difference:.1g}" if difference == difference else "not a number"
    return Figure(
        title="One channel’s weighted average, computed in three ways",
        caption=(
            "{trace:parallel|Parallel}: all tokens at once. {trace:recurrent|Recurrent}: two sums, token by token."
            " {trace:chunkwise|Chunkwise}: five tokens at a time. Below: a letter is a key, a digit its value, “?” asks"
            " for it."
        ),
        text=f"Over all channels and tokens, the largest difference from the parallel form is {found}.",
        plot=read_text(labels(result.text.ids[0].tolist()), [chart]).update_xaxes(tickfont_size=9),
        height=250,
        half=True,
        sources=[Plotted(made, lambda y: y[0, :, channel], trace="parallel")],
    )
