"""A reward model of a judge whose taste is known: ``python -m models.training.reward_model``.

Only the last two blocks and the head are trained; the rest is the tuned decoder's.
"""

import dataclasses

import torch
from torch import Tensor

from models.data.preferences import judge_accuracy
from models.language import pretrained_text_models as texts
from models.seeding import seeded
from models.training.finish import finish, rounded
from models.training.judged_pairs import Read, judged
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.tuning import architecture_of, changed, thaw_last, trainable_copy, tuning_arguments
from models.tuning.reward import RewardModel, preference_loss

NAME, BASE = "reward_model", "sft"
PLAN = Plan(steps=1500, learning_rate=1e-3, warm_up=50, weight_decay=0.05)
THAWED, BATCH, PAIRS = 2, 32, 8000


def rewards(model: RewardModel, read: Read) -> Tensor:
    return model(read.ids, read.last)[0]


@torch.inference_mode()
def measured(model: RewardModel, count: int = 400) -> dict[str, float]:
    """How often the model sides with the judge, how often it could, and how well it ranks by true utility."""
    metrics = {}
    for name, held_out in (("", False), ("_new_facts", True)):
        pairs, *sides = judged(count, UNSEEN, held_out, str(model.to_reward.weight.device))
        chosen, rejected = (rewards(model, side) for side in sides)
        said = torch.cat([chosen, rejected]).cpu()
        true = torch.tensor([p.chosen_utility for p in pairs] + [p.rejected_utility for p in pairs])
        metrics |= {
            f"accuracy{name}": (chosen > rejected).float().mean().item(),
            f"best_possible_accuracy{name}": judge_accuracy(pairs),
            f"correlation_with_utility{name}": torch.corrcoef(torch.stack([said, true]))[0, 1].item(),
        }
    return metrics


def main() -> None:
    options = tuning_arguments(arguments(__doc__))
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch, decoder = options.batch or BATCH, trainable_copy(BASE, options.device)
    thaw_last(decoder, THAWED)
    model = RewardModel(decoder)
    model.to_reward = seeded(lambda: torch.nn.Linear(decoder.config.width, 1), plan.seed, options.device)
    _, chosen, rejected = judged(PAIRS, plan.seed, False, options.device)

    def loss(draws: torch.Generator) -> Tensor:
        rows = torch.randint(PAIRS, (batch,), generator=draws, device=chosen.ids.device)
        both = Read(*(torch.cat(parts) for parts in zip(chosen.at(rows), rejected.at(rows))))
        return preference_loss(*rewards(model, both).float().chunk(2))

    seconds = train(model, loss, plan)
    told = {
        "base": BASE,
        "data": f"{PAIRS} judged pairs of replies",
        "architecture": architecture_of(BASE),
        "seconds": round(seconds, 1),
    }
    finish(NAME, model, plan, options, measured(rounded(model).eval()), state=changed(model), **told)


AFTER = ("sft",)
CHECKPOINTS = {"reward_model": Made(lambda: measured(texts.reward_model()))}


if __name__ == "__main__":
    main()
