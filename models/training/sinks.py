"""Small models in which attention sinks form: ``python -m models.training.sinks``.

With one and with two attention layers, each saved at points of its training; they lie in one checkpoint, a model under
``<layers>``. Nothing here asks for a sink: a head that must look somewhere, with nothing to look for, makes one.

Paper: Guo et al. 2024, "Active-Dormant Attention Heads" (active and dormant heads, mutual reinforcement).
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.attention.bigram_attention import BigramAttention
from models.data.bigram_backcopy import ASK, LENGTH, SYMBOLS, TRIGGERS, best_losses, questions, targets, texts
from models.data.symbol_sequences import NOT_ASKED
from models.language.evaluation import token_losses
from models.language.pretrained_text_models import sink_former
from models.seeding import generator, seeded
from models.training.finish import finish, stacked
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME = "sinks"
LAYERS = (1, 2)
SIZES = {"symbols": SYMBOLS, "width": 64, "heads": 1}
SNAPSHOTS = (100, 200, 300, 400, 600, 800, 1000, 1400, 1800, 2400, 3200, 4000)
PLAN = Plan(steps=SNAPSHOTS[-1], learning_rate=5e-3, weight_decay=0.0)
BATCH, POOL, HELD_OUT = 64, 16_384, 64
FAR = 50  # symbols back to the fact that is asked for


def loss_of(model: BigramAttention, ids: Tensor) -> Tensor:
    return cross_entropy(model(ids[:, :-1])[0].flatten(0, 1), targets(ids).flatten(), ignore_index=NOT_ASKED)


def dormant_share(weights: Tensor, ids: Tensor) -> Tensor:
    """The weight on the first symbol, mean over all but triggers and questions from the ninth symbol on: (H,)."""
    idle = (ids >= TRIGGERS) & (ids != ASK) & (torch.arange(ids.shape[1], device=ids.device) >= 8)  # (B, T)
    return weights[..., 0].transpose(0, 1)[:, idle].mean(dim=-1)


def value_norm(v: Tensor) -> Tensor:
    """The length of the first symbol's value, over the mean length of all others: (H,)."""
    length = v.norm(dim=-1)  # (B, H, T)
    return length[..., 0].mean(dim=0) / length[..., 1:].mean(dim=(0, 2))


@torch.inference_mode()
def measured(models: Mapping[int, BigramAttention]) -> dict[str, float]:
    """Loss above the best possible, recall of a far fact, and the sink of every layer."""
    found = {}
    for layers, model in models.items():
        draws = generator(UNSEEN)
        ids, asked = texts(HELD_OUT, LENGTH, draws, told=False), questions(FAR, HELD_OUT, draws)
        logits, trace = model(ids)
        found[f"{layers}_layers_loss_above_best_nats"] = (token_losses(logits, ids) - best_losses(ids)).mean().item()
        right = model(asked)[0][:, -1].argmax(dim=-1) == asked[:, -1 - FAR]
        found[f"{layers}_layers_far_recall"] = right.float().mean().item()
        for index, layer in enumerate(trace.layers):
            found[f"{layers}_layers_first_share_layer_{index}"] = dormant_share(layer.weights, ids).max().item()
            found[f"{layers}_layers_first_value_norm_layer_{index}"] = value_norm(layer.v).min().item()
    return found


def trained(layers: int, plan: Plan, batch: int, device: str) -> tuple[dict[str, Tensor], float]:
    """The weights at every point that is kept, stacked, and the seconds it took."""
    model = seeded(lambda: BigramAttention(layers=layers, **SIZES), plan.seed, device)
    pool = texts(POOL, LENGTH + 1, generator(plan.seed)).to(device)
    kept: list[dict[str, Tensor]] = []

    def keep(step: int) -> None:
        if step in SNAPSHOTS or step == plan.steps:
            kept.append({name: weight.half() for name, weight in model.state_dict().items()})

    def loss(draws: torch.Generator) -> Tensor:
        return loss_of(model, pool[torch.randint(POOL, (batch,), generator=draws, device=draws.device)])

    seconds = train(model, loss, plan, keep)
    return stacked(kept), seconds


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch = options.batch or BATCH
    models, state, seconds = torch.nn.ModuleDict(), {}, 0.0
    for layers in LAYERS:
        weights, took = trained(layers, plan, batch, options.device)
        state |= {f"{layers}.{name}": weight for name, weight in weights.items()}
        seconds += took
        models[str(layers)] = BigramAttention(layers=layers, **SIZES)
        models[str(layers)].load_state_dict({name: weight[-1].float() for name, weight in weights.items()})
    told = {
        "data": f"bigram-backcopy with a fact and questions: {POOL} texts of {LENGTH} symbols",
        "architecture": SIZES,
        "layers": list(LAYERS),
        "snapshots": [step for step in SNAPSHOTS if step <= plan.steps],
        "tokens": len(LAYERS) * plan.steps * batch * LENGTH,
        "seconds": round(seconds, 1),
    }
    finish(NAME, models, plan, options, measured({int(layers): m for layers, m in models.items()}), state=state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured({layers: sink_former(layers) for layers in LAYERS}))}


if __name__ == "__main__":
    main()
