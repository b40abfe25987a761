"""The one training loop: AdamW (Loshchilov & Hutter 2017), warm-up, then a cosine (the same, "SGDR", 2016)."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Plan:
    """How to train. ``floor`` is the last learning rate as a share of the highest.

    With ``enough`` above 0, training ends early once a running mean of the loss is below it.
    """

    steps: int
    learning_rate: float = 3e-3
    warm_up: int = 100
    floor: float = 0.05
    weight_decay: float = 0.1
    clip: float = 1.0
    seed: int = 0
    enough: float = 0.0


def learning_rate(step: int, plan: Plan) -> float:
    """Up in a line over the warm-up, then down along half a cosine to the floor."""
    if step < plan.warm_up:
        return plan.learning_rate * (step + 1) / plan.warm_up
    done = (step - plan.warm_up) / max(1, plan.steps - plan.warm_up)
    return plan.learning_rate * (plan.floor + (1 - plan.floor) * (1 + math.cos(math.pi * done)) / 2)


def train(
    model: nn.Module,
    loss: Callable[[torch.Generator], Tensor],
    plan: Plan,
    after: Callable[[int], object] = lambda step: None,
) -> float:
    """Train in place on fresh batches (``loss`` draws one); return the seconds. ``after`` sees the steps done."""
    device = next(model.parameters()).device
    fast = device.type != "cpu" or any(torch.cpu.get_capabilities().get(u) for u in ("avx512_bf16", "amx_bf16"))
    matrices, vectors = ([p for p in model.parameters() if (p.ndim > 1) is wide] for wide in (True, False))
    groups = [{"params": matrices, "weight_decay": plan.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.95), fused=True)
    generator = torch.Generator(device).manual_seed(plan.seed)
    started = reported = time.perf_counter()
    recent: Tensor | float = math.inf
    for step in range(plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, plan)
        with torch.autocast(device.type, torch.bfloat16, enabled=fast):
            value = loss(generator)
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
        optimizer.step()
        optimizer.zero_grad()
        after(step + 1)
        if plan.enough > 0 and step >= plan.warm_up:
            recent = value.detach() if recent is math.inf else 0.98 * recent + 0.02 * value.detach()
            if step % 50 == 0 and recent < plan.enough:
                break
        if time.perf_counter() - reported > 5 or step + 1 == plan.steps:  # reading the loss makes a GPU wait
            reported = time.perf_counter()
            print(f"step {step + 1}/{plan.steps}  loss {value.item():.4f}  {reported - started:.0f} s", flush=True)
    return time.perf_counter() - started
