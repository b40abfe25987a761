"""The three figures of speculative decoding: calls of the target, sampled pairs, and tokens per call."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.decoding.speculative.drafts import LOOKUP, DraftName
from app.experiments.decoding.speculative.run import SpeculativeResult
from app.provenance.origin import Plotted, computed
from models.language.speculative import Round, tokens_per_call
from visualizers.curve import curves
from visualizers.distribution import bars
from visualizers.theme import ACCENT, FAILED, HELD, INK_3, MARKERS, SERIES, note
from visualizers.truth_bars import truth_bars
from visualizers.word_rows import Look, Word, word_rows

LOOKS = {
    "accepted": Look(HELD),
    "rejected": Look(FAILED, "s"),
    "not tested": Look(INK_3, "i"),
    "own": Look(ACCENT, "b"),
}
SHORT: dict[DraftName, str] = {
    "a small model": "small model", "a smaller model": "smaller model", "a model that copies": "copies",
    LOOKUP: "text so far",
}  # fmt: skip


def figures(result: SpeculativeResult, metrics: Measurements) -> Figures:
    return {"calls": _calls(result, metrics), "pairs": _pairs(result, metrics), "rate": _rate(result, metrics)}


def _words(result: SpeculativeResult, at: int, one: Round) -> list[Word]:
    """What one call of the target made of each proposed token, and its own token, the ``at``-th of the text."""
    words = []
    for place, label in enumerate(result.proposed[at]):
        ratio = (one.p[place] / one.q[place].clamp(min=1e-30))[one.proposed[place]].clamp(max=1).item()
        kind = "accepted" if place < one.kept else "rejected" if place == one.kept else "not tested"
        words.append(Word(label, kind, f"{ratio:.2f}" if kind != "not tested" else ""))
    left_out = [Word("", "none")] * (result.controls.drafted - len(words))  # the text so far proposes fewer, or none
    return [*words, *left_out, Word(result.own[at], "own")]


def _calls(result: SpeculativeResult, metrics: Measurements) -> Figure:
    c, rows = result.controls, [_words(result, at, one) for at, one in enumerate(result.rounds)]
    kinds = {word.kind for row in rows for word in row}
    key = {
        "accepted": "{trace:accepted|accepted}" if "accepted" in kinds else "accepted",
        "rejected": "{trace:rejected|the first rejected one}" if "rejected" in kinds else "the first rejected one",
    }
    return Figure(
        title=f"Each row is one call of the target, with up to {c.drafted} tokens proposed",
        caption=(
            f"Proposed tokens are {key['accepted']} up to {key['rejected']}. The call adds {{trace:own|a token of its"
            " own}. Numbers: probability that the token is accepted."
        ),
        text=(
            f"{metrics['shown_target_calls']:g} calls of the target give {metrics['shown_tokens']:g} tokens,"
            f" {metrics['shown_tokens_per_call']:.2f} per call. {metrics['shown_accepted_share']:.0%} of the proposed"
            " tokens are accepted."
        ),
        plot=word_rows(
            rows,
            LOOKS,
            names=[f"call {at}" for at in range(1, len(rows) + 1)],
            columns=[*map(str, range(1, c.drafted + 1)), ""],
        ),
        height=50 + 36 * len(rows),
    )


def _pairs(result: SpeculativeResult, metrics: Measurements) -> Figure:
    found = result.pairs
    if found is None:
        kept = np.array([len(one.tokens) for one in result.rounds], dtype=float)
        return Figure(
            title="Tokens of each call",
            caption="1: nothing proposed was accepted, or nothing was proposed.",
            text=f"A call gives {metrics['shown_tokens_per_call']:.2f} tokens on average.",
            plot=bars(kept, labels=[str(at) for at in range(1, len(kept) + 1)], y_range=(0, kept.max() * 1.15)),
            height=300,
            half=True,
        )
    labels = [word.replace(" ", "<br>", 1) for word in found.words]
    highest = float(torch.cat([found.target, found.draft, found.sampled]).max())
    drawn = truth_bars(
        {"sampled": found.sampled.numpy(), "draft alone": found.draft.numpy()},
        labels=found.words,
        truth=found.target.numpy(),
        truth_name="target",
        y_range=(0, 1.1 * highest),
    )
    drawn.update_xaxes(ticktext=labels, tickangle=0, tickfont={"size": 10})
    return Figure(
        title=f"The two tokens after “{found.beginning}”",
        caption=(
            "Shares in 20 000 {trace:sampled|texts decoded with the draft}; {trace:target|lines}: probability by the"
            " target alone; {trace:draft alone|grey}: by the draft alone. The ten most probable pairs."
        ),
        text=(
            f"Over all pairs, χ² is {metrics['chi_square_per_degree']:.3g} per degree of freedom. It is near 1 if the"
            " texts have the target’s distribution."
        ),
        plot=drawn,
        height=300,
        half=True,
    )


def _rate(result: SpeculativeResult, metrics: Measurements) -> Figure:
    c = result.controls
    alpha = torch.linspace(0, 1, 41, dtype=torch.double)
    formula = computed(tokens_per_call, acceptance_rate=alpha, count=c.drafted)
    drawn = curves(
        alpha.numpy(), {"formula": formula.tensor.numpy()}, x_title="mean acceptance of a proposed token", room=16,
        y_range=(0.8, c.drafted + 1.3), colours={"formula": INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    points = {SHORT[name]: (one.acceptance, one.tokens[c.drafted - 1]) for name, one in result.calls.items()}
    if not points:
        points = {SHORT[c.draft]: (metrics["shown_accepted_share"], metrics["shown_tokens_per_call"])}
    for index, (name, (x, y)) in enumerate(points.items()):
        yours = name == SHORT[c.draft]
        drawn.add_scatter(
            x=[x], y=[y], name=name, mode="markers",
            marker={
                "size": 13 if yours else 9, "color": ACCENT if yours else SERIES[1 + index], "symbol": MARKERS[index],
            },
            hovertemplate=f"{name}<br>accepted %{{x:.2f}}<br>%{{y:.2f}} tokens per call<extra></extra>",
        )  # fmt: skip
    high = sorted(points.items(), key=lambda item: item[1][1])
    for place, (name, (x, y)) in enumerate(high):
        drawn.add_annotation(
            **note(
                x, y, name, xanchor="right" if x > 0.5 else "left", xshift=-12 if x > 0.5 else 12,
                yshift=(place - len(high) + 2) * 10 if x > 0.5 else 0,
            )
        )  # fmt: skip
    cost = 0 if c.draft == LOOKUP else c.cost
    return Figure(
        title=f"Tokens per call of the target, γ = {c.drafted}",
        caption=(
            "Drafts by how often their tokens are accepted. {trace:formula|Curve}: the formula, if acceptances were"
            " independent."
        ),
        text=(
            f"With your draft a call gives {points[SHORT[c.draft]][1]:.2f} tokens. If a draft call costs {cost:g} of a"
            f" target call, decoding is {points[SHORT[c.draft]][1] / (c.drafted * cost + 1):.2f} times as fast."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(formula, trace="formula")],
    )
