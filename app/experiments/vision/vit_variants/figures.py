"""The three figures of the variants: one digit and five answers, one variant's test, and what Swin's windows reach."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.vit_variants.answers import GRID
from app.experiments.vision.vit_variants.arms import SHIFTS
from app.experiments.vision.vit_variants.run import BLOCKS, WINDOW, VariantResult
from models.data.marked_pairs import LEFT
from models.transformer.image_text_pairs import WORDS
from models.transformer.swin import score_count
from visualizers.image import GAP, TEXT_GAP, pictures
from visualizers.matrix import tiles
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, INK, INK_3, note

EMPTY = np.full((8, 8), -1.0, dtype=np.float32)
ARMS = {"dino": "centred", "dino without centring": "not centred"}
FAINT = 0.02  # of what has not been reached, so that the grid shows
ROWS = ("DeiT", "Swin", "MAE", "DINO", "SigLIP")


def figures(result: VariantResult, metrics: Measurements) -> Figures:
    return {"answers": _answers(result, metrics), "test": _test(result, metrics), "reach": _reach(result, metrics)}


def _answers(result: VariantResult, metrics: Measurements) -> Figure:
    a, image = result.answers, result.image.numpy()
    named = "a name" if result.label is None else f"“{WORDS[result.label]}”"
    alike = ("different", "alike")
    best = int(a.words.argmax())
    tiles_of = [
        [a.shifted.numpy(), EMPTY, EMPTY],
        [a.marked.numpy(), EMPTY, EMPTY],
        [a.hidden.numpy(), image, a.rebuilt.numpy()],
        [a.views[0].numpy(), a.views[1].numpy(), EMPTY],
        [image, EMPTY, EMPTY],
    ]
    words = {
        (0, 1): f"teacher: {a.teacher}",
        (0, 2): f"class token: {a.by_class}<br>distillation<br>token: {a.by_distillation}",
        (1, 1): alike[a.alike],
        (1, 2): f"{alike[a.said_alike > 0.5]}<br>{max(a.said_alike, 1 - a.said_alike):.0%}",
        (3, 2): f"same: {a.view_agreement:.0%}<br>other digits:<br>{a.other_agreement:.0%}",
        (4, 1): named,
        (4, 2): f"“{WORDS[best]}”<br>{a.words[best]:.0%}",
    }
    under = [
        ["shifted", "", ""],
        ["two marks", "", ""],
        ["4 patches", "all", "rebuilt"],
        ["a view", "another", ""],
        [""] * 3,
    ]
    plot = pictures(
        np.stack([np.stack(row) for row in tiles_of]), rows=ROWS, columns=["input", "target", "output"], under=under
    )
    for (row, column), text in words.items():
        place = {"x": column * (8 + GAP) + 3.5, "y": row * (8 + TEXT_GAP) + 3.5}
        plot.add_annotation(**note(**place, text=text, colour=INK))
    return Figure(
        title="One digit, five networks: what each predicts",
        caption=(
            "DeiT: the label and a teacher’s answer. Swin: whether two marks are alike. MAE: the masked patches. DINO:"
            " its own output for another view. SigLIP: whether a name belongs to the digit."
        ),
        text=(
            f"DeiT’s class token says {a.by_class}, its distillation token {a.by_distillation}, its teacher"
            f" {a.teacher}."
            f" Swin says {alike[a.said_alike > 0.5]}. SigLIP’s best name is “{WORDS[best]}”."
        ),
        plot=plot,
        height=560,
        half=True,
    )


def _bars(values: dict[str, float], picked: str, title: str) -> go.Figure:
    colours = [ACCENT if name == picked else INK_3 for name in values]
    return outcomes({title: list(values.values())}, list(values), colours=colours, room=150)


def _test(result: VariantResult, metrics: Measurements) -> Figure:
    c = result.controls
    if c.variant == "Swin":
        plot = _bars(
            {f"by {name}": 100 * one for name, one in result.swin.items()}, f"by {c.shift}", "marks rightly compared, %"
        )
        caption = "The two marks lie in different windows. Only windows that move by part of their size let them meet."
        text = f"With windows moved by {c.shift}, {metrics['swin_accuracy']:.0%} are right; by chance it is half."
    elif c.variant == "MAE":
        order = ("its own", "its own, chosen anew", "mean image", "another digit’s")
        plot = _bars({name: result.mae[name] for name in order}, c.visible, "squared error per masked pixel")
        caption = "What the masked patches are rebuilt from. The mean image is the best guess that sees no patch."
        text = (
            f"From patches that are {c.visible}, the error is {metrics['mae_error']:.3f}; of the mean image,"
            f" {metrics['mean_image_error']:.3f}."
        )
    elif c.variant == "DeiT":
        shown = {name: 100 * result.deit[name] for name in ("class token", "distillation token")}
        plot = _bars(shown, "distillation token", "teacher’s errors repeated, %")
        caption = "Held-out digits shifted so far that the teacher misreads them. Which token makes the same mistake?"
        text = (
            f"The teacher reads {metrics['teacher_accuracy']:.0%} of the shifted digits rightly, DeiT"
            f" {metrics['deit_accuracy']:.0%}."
        )
    elif c.variant == "DINO":
        plot = _bars(
            {ARMS[arm]: used for arm, (used, _) in result.dino.items()},
            "centred",
            "outputs used, of 32 (1: collapsed)",
        )
        caption = "How many outputs all digits together use. Collapsed: every digit gets the same answer."
        text = (
            f"Nearest neighbours of its features have the right label in {metrics['dino_neighbour_accuracy']:.0%} of"
            f" cases, without centring in {metrics['dino_neighbour_accuracy_without_centring']:.0%}."
        )
    else:
        plot = _bars(result.siglip, c.pair_loss, "largest change of a pair’s loss, nats")
        caption = "Eight pairs are joined by 56 others. With a sigmoid each pair’s loss stays as it was."
        text = f"With the {c.pair_loss} loss, a pair’s loss moves by up to {metrics['pair_loss_change_nats']:.2g} nats."
    return Figure(title=f"{c.variant} put to the test", caption=caption, text=text, plot=plot, height=210, half=True)


def _reach(result: VariantResult, metrics: Measurements) -> Figure:
    query = (GRID // 2) * GRID + LEFT
    maps = np.stack(
        [
            [block[query].float().clamp_min(FAINT).view(GRID, GRID).numpy() for block in result.reached[shift]]
            for shift in SHIFTS
        ]
    )
    everything = GRID**4
    drawn_on = int(result.reached[result.controls.shift][-1][query].sum())
    return Figure(
        title="Swin: patches that one patch can draw on",
        caption="Dark: what has reached one patch, left of the border between windows. Rows: how far the windows move.",
        text=(
            f"With windows moved by {result.controls.shift}, the patch shown draws on {drawn_on} of {GRID**2} patches"
            f" after two blocks; on average a patch draws on {metrics['swin_tokens_reached']:g}. Windows need"
            f" {score_count(GRID, WINDOW)} scores per head and block instead of {everything}."
        ),
        plot=tiles(
            maps,
            row_labels=["half", "half, first", "whole"],
            column_labels=[f"after block {block}" for block in range(1, 1 + len(BLOCKS["half a window"]))],
        ),
        height=330,
        half=True,
    )
