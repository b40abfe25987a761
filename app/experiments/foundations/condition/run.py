"""Counts of groups and trades in texts, and a language model's own probabilities of a trade, given the group."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.kinds.labels import GROUPS, sailor_probability
from models.data.known_chance import SKEW, trade
from models.data.words import GUESTS
from models.language.next_word import last_residual, next_logits, next_probabilities
from models.language.pretrained_decoders import pretrained
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.probability.joint import bayes, conditional, joint, marginal
from models.tokenization.tokenizer import ids_of

CHECKPOINT = "chance_decoder"
TRADES = ("sailor", "miner")
PLACES = {"the group": 4, "the word before the group": 3}
"""Where these words stand in “Ada is from the coast . Ada works as a”, counted from 0."""

Withheld = Literal["nothing", "the group", "the word before the group"]
Prior = Literal["counted", "ignored"]


class ConditionControls(Controls):
    coast_share: float = Field(
        0.2,
        ge=0.05,
        le=0.95,
        multiple_of=0.05,
        title="People from the coast",
        description="Share, in the texts counted",
    )
    texts: int = Field(4000, ge=100, le=8000, multiple_of=100, title="Texts counted")
    withheld: Withheld = Field("nothing", title="Hidden from the model", description="No token attends to it")
    prior: Prior = Field("counted", title="Shares in Bayes’ rule", description="Of the groups; ignored: both alike")


class ConditionResult(NamedTuple):
    """Rows are groups, columns trades."""

    controls: ConditionControls
    counts: Tensor  # (2, 2)
    joint: Tensor  # (2, 2)
    conditional: Tensor  # (2, 2) counted
    model: Tensor  # (2, 2) the model's P(trade | group), mean over people
    people: Tensor  # (P, 2, 2) the same for each person
    prior: Tensor  # (2,) used in Bayes' rule
    reverse: Tensor  # (2, 2) counted P(group | trade)
    reverse_model: Tensor  # (2, 2) by Bayes' rule, from the model's conditional
    parameters: int


@memo
def counted(coast_share: float, texts: int, seed: int) -> Tensor:
    """How often each group came with each trade in so many texts, (2, 2)."""
    dice, counts = Dice(f"condition {seed}"), torch.zeros(2, 2, dtype=torch.double)
    for _ in range(texts):
        group = 0 if dice.chance(coast_share) else 1
        sailor = dice.chance(sailor_probability(GROUPS[group], SKEW))
        counts[group, 0 if sailor else 1] += 1
    return counts


@memo
def predicted(withheld: Withheld, device: str) -> Tensor:
    """The model's probabilities of both trades for every person in either group, (P, 2, 2)."""
    model = pretrained(CHECKPOINT, device)
    texts = [trade(who, group).text for who in GUESTS for group in GROUPS]
    hidden = None if withheld == "nothing" else [PLACES[withheld]] * len(texts)
    with torch.inference_mode():
        p = next_probabilities(next_logits(last_residual(model, texts, hidden), model))
    return p[:, [ids_of(word)[0] for word in TRADES]].view(len(GUESTS), 2, 2).double().cpu()


def run(controls: ConditionControls, device: str) -> ConditionResult:
    c = controls
    counts, people = counted(c.coast_share, c.texts, c.seed), predicted(c.withheld, device)
    together, model = joint(counts), people.mean(dim=0)
    groups = marginal(together, of=0)
    prior = groups if c.prior == "counted" else torch.full_like(groups, 0.5)
    return ConditionResult(
        controls=c,
        counts=counts,
        joint=together,
        conditional=conditional(together),
        model=model,
        people=people,
        prior=prior,
        reverse=conditional(together.T).T,
        reverse_model=bayes(prior, model),
        parameters=parameter_count(pretrained(CHECKPOINT, device)),
    )


def measure(result: ConditionResult) -> Measurements:
    overall = marginal(result.joint, of=1)
    to_conditional = total_variation(result.people, result.conditional).mean().item()
    return {
        "distance_from_conditional": to_conditional,
        "distance_from_marginal": total_variation(result.people, overall.expand(2, -1)).mean().item(),
        "sailors_share": overall[0].item(),
        "sailors_of_the_coast_share": result.conditional[0, 0].item(),
        "sailors_of_the_hills_share": result.conditional[1, 0].item(),
        "model_sailors_of_the_coast": result.model[0, 0].item(),
        "model_sailors_of_the_hills": result.model[1, 0].item(),
        "coast_of_the_sailors_share": result.reverse[0, 0].item(),
        "model_coast_of_the_sailors": result.reverse_model[0, 0].item(),
        "reverse_error": (result.reverse_model[0, 0] - result.reverse[0, 0]).abs().item(),
    }
