"""The chat decoder tuned to a judge's taste by DPO: ``python -m models.training.preference``.

Only the last two blocks are trained; the reference is the tuned decoder before.
"""

import dataclasses
from collections.abc import Sequence

import torch
from torch import Tensor

from models.data.preferences import RIGHT, prompt, utility
from models.data.tiny_world import world
from models.data.world import Fact
from models.training.finish import finish
from models.training.judged_pairs import Read, judged
from models.training.language import arguments, rounded
from models.training.loop import Plan, train
from models.training.metrics import UNSEEN
from models.training.tuning import architecture_of, changed, replies, thaw_last, trainable_copy, tuning_arguments
from models.transformer.decoder import Decoder
from models.tuning.direct_preference import dpo_loss, implicit_reward, reply_log_probability

NAME, BASE = "preference", "sft"
PLAN = Plan(steps=1200, learning_rate=2e-4, warm_up=50, weight_decay=0.0)
THAWED, BATCH, PAIRS, BETA = 2, 32, 16_000, 0.3


def log_probability(model: Decoder, read: Read) -> Tensor:
    """log π(reply | prompt) of every row: (N,)."""
    return reply_log_probability(model(read.ids)[0].float(), read.ids, read.reply)


@torch.inference_mode()
def reference_of(model: Decoder, read: Read, batch: int = 256) -> Tensor:
    """The same by the model as it is now, kept for later."""
    parts = torch.arange(len(read.ids), device=read.ids.device).split(batch)
    return torch.cat([log_probability(model, read.at(rows)) for rows in parts]).clone()


def worth(model: Decoder, facts: Sequence[Fact]) -> dict[str, float]:
    """What the judge truly thinks of the model's own replies, and how many of them are right."""
    said = replies(model, [prompt(fact) for fact in facts], steps=12)
    values = [utility(fact, text) for fact, text in zip(facts, said, strict=True)]
    right = [fact.value in text.split() for fact, text in zip(facts, said, strict=True)]
    return {"utility": sum(values) / len(values), "right_share": sum(right) / len(right)}


@torch.inference_mode()
def measured(model: Decoder, reference: Decoder, count: int = 400) -> dict[str, float]:
    """Own replies about facts outside the pairs, before and after; and the implicit reward of held-out pairs."""
    facts = [fact for i, fact in enumerate(world().by_tier["often"]) if i % 5 == 0]
    _, *sides = judged(count, UNSEEN, True, str(model.embedding.weight.device))
    chosen, rejected = (
        implicit_reward(log_probability(model, side), log_probability(reference, side), BETA) for side in sides
    )
    before = {f"{name}_before": value for name, value in worth(reference, facts).items()}
    return worth(model, facts) | before | {
        "preference_accuracy": (chosen > rejected).float().mean().item(),
        "implicit_margin": (chosen - rejected).mean().item(),
        "chosen_log_ratio_nats": (chosen / BETA).mean().item(),
    }  # fmt: skip


def main() -> None:
    options = tuning_arguments(arguments(__doc__))
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch, model = options.batch or BATCH, trainable_copy(BASE, options.device)
    reference = trainable_copy(BASE, options.device).eval()
    thaw_last(model, THAWED)
    _, chosen, rejected = judged(PAIRS, plan.seed, False, options.device)
    known = reference_of(reference, chosen), reference_of(reference, rejected)

    def loss(draws: torch.Generator) -> Tensor:
        rows = torch.randint(PAIRS, (batch,), generator=draws, device=chosen.ids.device)
        both = Read(*(torch.cat(parts) for parts in zip(chosen.at(rows), rejected.at(rows))))
        before = torch.cat([side[rows] for side in known])
        return dpo_loss(*implicit_reward(log_probability(model, both), before, BETA).chunk(2))

    seconds = train(model, loss, plan)
    told = {
        "base": BASE,
        "data": f"{PAIRS} judged pairs of replies; β = {BETA}; a right answer is worth {RIGHT} and its manner",
        "architecture": architecture_of(BASE),
        "seconds": round(seconds, 1),
    }
    finish(NAME, model, plan, options, measured(rounded(model).eval(), reference), state=changed(model), **told)


if __name__ == "__main__":
    main()
