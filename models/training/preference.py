"""The chat decoder tuned to a judge's taste by DPO: ``python -m models.training.preference``.

The pairs are drawn from what the tuned decoder says itself (``judged_own``), as in section 4 of the paper; it is also
the reference. Only its last two blocks are trained.
"""

import dataclasses

import torch
from torch import Tensor

from models.language.pretrained_decoders import pretrained
from models.training.finish import finish, rounded
from models.training.judged_pairs import Read, judged_own, log_probability, reference_of
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import Made
from models.training.reply_worth import tuned_metrics
from models.training.tuning import architecture_of, changed, thaw_last, trainable_copy, tuning_arguments
from models.tuning.direct_preference import dpo_loss, implicit_reward

NAME, BASE = "preference", "sft"
PLAN = Plan(steps=300, learning_rate=1e-4, warm_up=30, weight_decay=0.0)
THAWED, BATCH, REPLIES, PAIRS, BETA = 2, 32, 16, 8000, 0.2


def main() -> None:
    options = tuning_arguments(arguments(__doc__))
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch, model = options.batch or BATCH, trainable_copy(BASE, options.device)
    reference = trainable_copy(BASE, options.device).eval()
    thaw_last(model, THAWED)
    _, chosen, rejected = judged_own(reference, PAIRS, REPLIES, plan.seed, False, options.device)
    known = reference_of(reference, chosen), reference_of(reference, rejected)

    def loss(draws: torch.Generator) -> Tensor:
        rows = torch.randint(PAIRS, (batch,), generator=draws, device=chosen.ids.device)
        both = Read(*(torch.cat(parts) for parts in zip(chosen.at(rows), rejected.at(rows))))
        before = torch.cat([side[rows] for side in known])
        return dpo_loss(*implicit_reward(log_probability(model, both), before, BETA).chunk(2))

    seconds = train(model, loss, plan)
    told = {
        "base": BASE,
        "data": f"{PAIRS} judged pairs among {REPLIES} replies of '{BASE}' to each question, temperature 1; β = {BETA}",
        "architecture": architecture_of(BASE),
        "seconds": round(seconds, 1),
    }
    finish(NAME, model, plan, options, tuned_metrics(rounded(model).eval(), reference), state=changed(model), **told)


AFTER = ("sft",)
CHECKPOINTS = {"preference": Made(lambda: tuned_metrics(pretrained("preference"), pretrained("sft")))}


if __name__ == "__main__":
    main()
