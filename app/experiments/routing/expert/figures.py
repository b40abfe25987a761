"""The three figures of an expert: who is sent and who suffers, what explains the choice, a text without it."""

import math
from functools import partial

import numpy as np
import torch
from torch.nn.functional import pad

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.expert.run import ExpertResult
from app.provenance.origin import Drawn, computed
from app.provenance.views import placed
from models.data.word_classes import CLASSES
from models.routing.specialisation import (
    expert_information,
    loss_rise,
)
from visualizers.loads import outcomes
from visualizers.specialists import harm_by_token, twin_maps
from visualizers.theme import INK_3, SERIES


def figures(result: ExpertResult, numbers: Measurements) -> Figures:
    return with_sources(
        {"classes": _classes(result), "information": _information(numbers), "typed": _typed(result)}, origins(result)
    )


def _classes(result: ExpertResult) -> Figure:
    found, mine = result.survey, result.controls.expert
    sent = found.by_class / found.by_class.sum(dim=1, keepdim=True).clamp_min(1e-9)
    most, worst = int(found.by_class[:, mine].argmax()), int(found.harm[:, mine].argmax())
    return Figure(
        title=f"Layer {result.controls.layer}: which words go to which expert, and who misses it",
        caption=(
            "Rows are known classes of words. Left: the share of a class sent to each expert, first choice. Right: how"
            " much worse the next word is predicted behind such a word when that expert is left out. Click a column."
        ),
        text=(
            f"Expert {mine} gets {found.by_class[:, mine].sum():.1%} of the tokens, most of them of the class"
            f" “{CLASSES[most]}” ({sent[most, mine]:.0%} of that class go there). Without it, the loss behind"
            f" words of the class “{CLASSES[worst]}” rises by {found.harm[worst, mine]:.2f} nats."
        ),
        plot=twin_maps(
            {"sent to": sent.numpy(), "loss without, nats": found.harm.numpy()},
            rows=list(CLASSES),
            column_title="expert",
            picked=mine,
            sets="expert",
        ),
        height=340,
    )


def _information(numbers: Measurements) -> Figure:
    names = {"class of the word": "word_class", "kind of text": "kind_of_text", "shuffled": "shuffled_class"}
    values = [100 * numbers[f"choice_explained_by_{metric}"] for metric in names.values()]
    return Figure(
        title="What explains the choice, %",
        caption="Mutual information with the first choice, as a share of its entropy. Shuffled: what chance gives.",
        text=(
            f"The class of the word explains {values[0]:.0f} % of the choice, the kind of text {values[1]:.0f} %, a"
            f" shuffled class {values[2]:.0f} %. A token has the expert of the token before it"
            f" {numbers['repeat_rate']:.1%} of the time, {numbers['repeat_rate_over_chance']:.2f} times as often as by"
            " chance."
        ),
        plot=outcomes({"": values}, list(names), colours=(SERIES[0], SERIES[2], INK_3), room=112),
        height=230,
        half=True,
    )


def _typed(result: ExpertResult) -> Figure:
    mine, harm = result.controls.expert, result.typed_harm
    worst = int(harm.argmax()) if len(harm) else 0
    after = result.text.pieces[worst] if len(harm) else ""
    return Figure(
        title=f"Your text without expert {mine}",
        caption="Rise of the loss of the word that follows. {accent|Blue}: tokens that are sent to this expert.",
        text=(
            f"{int(result.uses.sum())} of {len(result.uses)} tokens are sent to expert {mine}."
            + (f" What follows “{after}” suffers most, by {harm[worst]:.2f} nats." if len(harm) else "")
        ),
        plot=harm_by_token(result.text.pieces, np.append(harm.numpy(), np.nan), torch.as_tensor(result.uses).numpy()),
        height=230,
        half=True,
    )


def origins(result: ExpertResult) -> list[Drawn]:
    found, harm = result.survey, computed(loss_rise, p=result.p, p_without=result.p_without)
    joints = (found.by_class, found.by_topic, found.shuffled)
    return [
        Drawn("typed", harm, lambda rise: pad(rise, (0, 1), value=math.nan)),  # nothing follows the last token
        *(
            Drawn("information", computed(expert_information, joint=joint), partial(placed, at=bar, of=3), unit=100)
            for bar, joint in enumerate(joints)
        ),
    ]
