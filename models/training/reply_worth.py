"""What replies are truly worth to the judge, and what it cost to earn it."""

from collections.abc import Mapping, Sequence

import torch

from models.data.preferences import asked_facts, judge_accuracy, prompt, utility
from models.data.world import Fact
from models.training.judged_pairs import STEPS, judged_own, log_probability, own_replies, read
from models.training.recipes import UNSEEN
from models.training.tuning import replies
from models.transformer.decoder import Decoder

EACH = 16


def mean_utility(said: Mapping[Fact, Sequence[str]]) -> float:
    values = [utility(fact, text) for fact, texts in said.items() for text in texts]
    return sum(values) / len(values)


def worth(model: Decoder, facts: Sequence[Fact]) -> dict[str, float]:
    """Mean utility of the likeliest reply to each question and of drawn ones; how many of the likeliest are right."""
    said = dict(zip(facts, replies(model, [prompt(fact) for fact in facts], STEPS), strict=True))
    return {
        "utility": mean_utility({fact: [text] for fact, text in said.items()}),
        "utility_of_drawn_replies": mean_utility(own_replies(model, facts, EACH, UNSEEN)),
        "right_share": sum(fact.value in text.split() for fact, text in said.items()) / len(facts),
        "polite_share": sum(text.startswith("thank you") for text in said.values()) / len(facts),
    }


def divergence(model: Decoder, reference: Decoder, facts: Sequence[Fact]) -> float:
    """KL(π ‖ π_ref) of a reply in nats: the mean of log π / π_ref over replies drawn from π."""
    said = own_replies(model, facts, EACH, UNSEEN)
    side = read([f"{prompt(fact)} {text}" for fact in facts for text in said[fact]], str(model.embedding.weight.device))
    return (log_probability(model, side) - log_probability(reference, side)).mean().item()


@torch.inference_mode()
def tuned_metrics(model: Decoder, reference: Decoder, count: int = 400) -> dict[str, float]:
    """About held-out facts: replies before and after, the distance between, and how pairs of replies before rank."""
    facts = asked_facts(held_out=True)
    pairs, *sides = judged_own(reference, count, EACH, UNSEEN, True, str(model.embedding.weight.device))
    chosen, rejected = (log_probability(model, side) - log_probability(reference, side) for side in sides)
    before = {f"{name}_before": value for name, value in worth(reference, facts).items()}
    return worth(model, facts) | before | {
        "kl_nats": divergence(model, reference, facts),
        "preference_accuracy": (chosen > rejected).float().mean().item(),
        "best_possible_accuracy": judge_accuracy(pairs),
        "chosen_log_ratio_nats": chosen.mean().item(),
        "rejected_log_ratio_nats": rejected.mean().item(),
    }  # fmt: skip
