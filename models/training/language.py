"""Training decoders on the tiny world: the part that every language recipe shares.

The corpus is drawn and tokenised once and lives on the device; a batch is a gather at random places.
"""

import argparse
import dataclasses
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from models.attention.masks import sliding_window_mask
from models.data import corpus
from models.language.pretrained_decoders import build, pretrained
from models.seeding import seeded
from models.training.finish import finish, rounded, stacked
from models.training.loop import Plan, train
from models.training.metrics import language_metrics
from models.training.next_tokens import balance_loss, next_token_loss, repeated_rows, windows
from models.transformer.decoder import Decoder, DecoderConfig


@dataclass(frozen=True)
class Recipe:
    """All that makes one checkpoint.

    ``repeated`` is the share of rows that are random tokens said again and again, ``balance`` the coefficient of the
    load-balancing loss, ``snapshots`` the steps after which the weights are kept; none: only the finished ones.
    ``window`` is how many tokens each attends to, itself included; 0: all before it.
    ``options`` go to the kinds of text; ``base`` is a checkpoint of the same architecture that is trained on;
    ``compiled`` needs a C++ compiler.
    """

    name: str
    config: DecoderConfig
    plan: Plan
    mixture: str = "base"
    options: corpus.Options = field(default_factory=dict)
    position: str = "rope"
    feed_forward: str = "swiglu"
    batch: int = 16
    corpus_tokens: int = 12_000_000
    repeated: float = 0.0
    balance: float = 0.0
    window: int = 0
    snapshots: tuple[int, ...] = ()
    base: str | None = None
    compiled: bool = True
    measure: Callable[[Decoder, str], dict[str, float]] = language_metrics

    @property
    def architecture(self) -> dict[str, Any]:
        return {
            "config": dataclasses.asdict(self.config),
            "position": self.position,
            "feed_forward": self.feed_forward,
        }


def batch_of(stream: Tensor, recipe: Recipe, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Inputs and targets (B, T): windows of the corpus, then rows of repeated random tokens."""
    length, repeated = recipe.config.context + 1, round(recipe.batch * recipe.repeated)
    text = windows(stream, recipe.batch - repeated, length, draws)
    ids = torch.cat([text, repeated_rows(repeated, length, recipe.config.vocabulary, draws)])
    return ids[:, :-1], ids[:, 1:]


def loss_of(model: Decoder, stream: Tensor, recipe: Recipe) -> Callable[[torch.Generator], Tensor]:
    """What the training loop asks for: the loss of a fresh batch."""

    def of_batch(ids: Tensor, targets: Tensor) -> Tensor:
        mask = sliding_window_mask(ids.shape[1], recipe.window, device=ids.device) if recipe.window else None
        logits, trace = model(ids, mask=mask)
        return next_token_loss(logits, targets) + balance_loss(trace, recipe.balance)

    compiled = torch.compile(of_batch) if recipe.compiled else of_batch  # twice as fast on a CPU
    return lambda draws: compiled(*batch_of(stream, recipe, draws))


def tried_with(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """The recipe with what the command line asks for in place of its own."""
    plan = dataclasses.replace(recipe.plan, steps=options.steps or recipe.plan.steps)
    batch = options.batch or recipe.batch
    needed = min(recipe.corpus_tokens, 4 * plan.steps * batch * recipe.config.context)
    kept = tuple(step for step in recipe.snapshots if step <= plan.steps)
    return dataclasses.replace(recipe, plan=plan, batch=batch, corpus_tokens=needed, snapshots=kept)


def make(recipe: Recipe, options: argparse.Namespace) -> None:
    """Draw the corpus, train, measure, and write the checkpoint and its card."""
    torch.set_num_threads(1)
    recipe = tried_with(recipe, options)
    model = seeded(lambda: build(**recipe.architecture), recipe.plan.seed, options.device)
    if recipe.base:
        model.load_state_dict(pretrained(recipe.base, options.device).state_dict())
    snapshots: list[dict[str, Tensor]] = []

    def keep(step: int) -> None:
        if step in recipe.snapshots:
            snapshots.append({name: weight.half() for name, weight in model.state_dict().items()})

    seconds = train(model, loss_of(model, drawn_corpus(recipe, options.device), recipe), recipe.plan, keep)
    told: dict[str, Any] = {
        "data": {"tiny world": recipe.mixture, "corpus tokens": recipe.corpus_tokens, "repeated rows": recipe.repeated},
        "architecture": recipe.architecture,
        "tokens": recipe.plan.steps * recipe.batch * recipe.config.context,
        "seconds": round(seconds, 1),
    }
    if recipe.window:
        told["window"] = recipe.window
    if recipe.base:
        told["base"] = recipe.base
    if snapshots:
        told |= {"state": stacked(snapshots), "snapshots": list(recipe.snapshots)}
    shipped = rounded(model)
    finish(recipe.name, shipped, recipe.plan, options, recipe.measure(shipped, recipe.mixture), **told)


def drawn_corpus(recipe: Recipe, device: str) -> Tensor:
    """The training text as token ids on the device: (corpus_tokens,)."""
    seed, processes = recipe.plan.seed, os.cpu_count() or 1
    ids = corpus.tokens(recipe.mixture, recipe.corpus_tokens, seed, options=recipe.options, processes=processes)
    print(f"{recipe.name}: {len(ids):,} tokens of text", flush=True)
    return torch.from_numpy(ids).to(device)
