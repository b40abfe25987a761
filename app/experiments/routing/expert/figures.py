"""The three figures of an expert: which words it gets and who needs it, what explains the choice, a text without it."""

import math
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.expert.run import ExpertResult
from app.provenance.origin import Plotted, computed
from app.provenance.views import placed
from models.data.word_classes import CLASSES
from models.routing.specialisation import expert_information, loss_rise
from visualizers.outcomes import outcomes
from visualizers.specialists import harm_by_token, twin_maps
from visualizers.theme import INK_3, SERIES


def figures(result: ExpertResult, metrics: Measurements) -> Figures:
    return {"classes": _classes(result), "information": _information(result, metrics), "typed": _typed(result)}


def _classes(result: ExpertResult) -> Figure:
    found, mine = result.survey, result.controls.expert
    sent = found.by_class / found.by_class.sum(dim=1, keepdim=True).clamp_min(1e-9)
    most, worst = int(found.by_class[:, mine].argmax()), int(found.harm[:, mine].argmax())
    return Figure(
        title=f"Layer {result.controls.layer}: which words go to which expert, and which words need it",
        caption=(
            "Rows are word classes. Left: the share of a class sent to each expert. Right: the loss added after such a"
            " word when that expert is left out. Click a column."
        ),
        text=(
            f"Expert {mine} gets {found.by_class[:, mine].sum():.1%} of the tokens, most of them “{CLASSES[most]}”."
            f" Leaving it out adds {found.harm[worst, mine]:.2f} nats after words of the class “{CLASSES[worst]}”."
        ),
        plot=twin_maps(
            {"sent to": sent.numpy(), "loss added without, nats": found.harm.numpy()},
            rows=list(CLASSES),
            column_title="expert",
            picked=mine,
            sets="expert",
        ),
        height=340,
    )


def _information(result: ExpertResult, metrics: Measurements) -> Figure:
    found = result.survey
    names = {"class of the word": "word_class", "kind of text": "kind_of_text", "shuffled class": "shuffled_class"}
    values = [100 * metrics[f"choice_explained_by_{metric}_share"] for metric in names.values()]
    joints = (found.by_class, found.by_topic, found.shuffled)
    return Figure(
        title="What explains the choice of an expert, %",
        caption="Mutual information with the first choice, over its entropy. The shuffled bar is what chance gives.",
        text=(
            f"The word’s class explains {values[0]:.0f} % of the choice, the kind of text {values[1]:.0f} %. A token"
            f" has the same expert as the token before it {metrics['repeats_over_chance']:.2f} times as often as by"
            " chance."
        ),
        plot=outcomes({"": values}, list(names), colours=(SERIES[0], SERIES[2], INK_3), room=112),
        height=230,
        half=True,
        sources=[
            Plotted(computed(expert_information, joint=joint), partial(placed, at=bar, of=3), unit=100)
            for bar, joint in enumerate(joints)
        ],
    )


def _typed(result: ExpertResult) -> Figure:
    mine, harm = result.controls.expert, result.typed_harm
    worst = int(harm.argmax()) if len(harm) else 0
    after = result.text.pieces[worst] if len(harm) else ""

    def behind(rise: Tensor) -> Tensor:
        return pad(rise, (0, 1), value=math.nan)  # nothing follows the last token

    return Figure(
        title=f"Your text without expert {mine}",
        caption="Loss added to the word that follows. {accent|Blue}: tokens that are sent to this expert.",
        text=(
            f"{int(result.uses.sum())} of {len(result.uses)} tokens are sent to expert {mine}."
            + (f" Most loss is added after “{after}”: {harm[worst]:.2f} nats." if len(harm) else "")
        ),
        plot=harm_by_token(result.text.pieces, np.append(harm.numpy(), np.nan), torch.as_tensor(result.uses).numpy()),
        height=230,
        half=True,
        sources=[Plotted(computed(loss_rise, p=result.p, p_without=result.p_without), behind)],
    )
