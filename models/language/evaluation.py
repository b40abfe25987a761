"""What a language model has learned, measured on texts that it never saw.

Symbols
    ids  tokens (B, T)     V  vocabulary     P  length of a sequence that is then repeated
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from models.data.corpus import Question
from models.interpretability.head_patterns import induction_score
from models.routing.balance import utilisation_entropy
from models.routing.mixture_of_experts import RoutingTrace
from models.seeding import generator
from models.tokenization.tokenizer import END
from models.transformer.decoder import Decoder


def device_of(model: Decoder) -> torch.device:
    return model.embedding.weight.device


def token_losses(logits: Tensor, ids: Tensor) -> Tensor:
    """−ln p(idₜ₊₁ | id₀ … idₜ) in nats: logits (B, T, V) and ids (B, T) give (B, T − 1)."""
    return cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")


def mean_loss(losses: Tensor) -> Tensor:
    """(1/N) Σ ℓ: nats per token.  (…, N) → (…)"""
    return losses.mean(dim=-1)


@torch.inference_mode()
def accuracy(model: Decoder, questions: Sequence[Question], batch: int = 256) -> float:
    """The share of all answers that are, token by token, the greedy continuation of what precedes them."""
    right: list[bool] = []
    for first in range(0, len(questions), batch):
        some = questions[first : first + batch]
        ids = pad_sequence([torch.as_tensor(q.ids) for q in some], batch_first=True).to(device_of(model))
        hit = (model(ids)[0][:, :-1].argmax(dim=-1) == ids[:, 1:]).cpu().numpy()  # hit[t] is about token t + 1
        right += [row[a.start - 1 : a.stop - 1].all() for row, q in zip(hit, some, strict=True) for a in q.answers]
    return sum(map(bool, right)) / len(right)


@torch.inference_mode()
def loss_by_position(model: Decoder, ids: Tensor) -> Tensor:
    """Mean loss in nats at each place of the context, over the rows of ids (B, T): (T − 1,)."""
    ids = ids.to(device_of(model))
    return token_losses(model(ids)[0], ids).mean(dim=0).cpu()


def said_twice(rows: int, period: int, tokens: Tensor, draws: torch.Generator) -> Tensor:
    """Different tokens in random order, then the same again: the second half is predicted by attending back. (B, 2P)"""
    order = torch.rand(rows, len(tokens), generator=draws).argsort(dim=1)[:, :period]
    return tokens[order].repeat(1, 2)


def document_said_twice(rows: int, period: int, tokens: Tensor, seed: int) -> Tensor:
    """The same after an end-of-text token, as a document begins: nothing to understand, all to repeat. (B, 1 + 2P)"""
    ids = said_twice(rows, period, tokens, generator(seed))
    return torch.cat([ids.new_full((rows, 1), END), ids], dim=1)


@torch.inference_mode()
def repetition_metrics(model: Decoder, tokens: Tensor, period: int = 24, rows: int = 32) -> dict[str, float]:
    """Loss on random sequences of these tokens, at first and when repeated; the score of the best induction head.

    The in-context gain is what having read the sequence once is worth: the fall of the loss, a token.
    """
    ids = said_twice(rows, period, tokens, generator(1)).to(device_of(model))
    logits, trace = model(ids)
    losses = token_losses(logits, ids)
    first, repeated = losses[:, : period - 1].mean().item(), losses[:, period:].mean().item()
    return {
        "first_pass_loss_nats": first,
        "repeated_loss_nats": repeated,
        "in_context_gain_nats": first - repeated,
        "induction_score": max(induction_score(weights, period).max().item() for weights in trace.weights),
    }


@torch.inference_mode()
def held_out_loss(model: Decoder, batches: Iterable[Tensor]) -> float:
    """Mean loss in nats per token over batches of ids (B, T)."""
    batches = [ids.to(device_of(model)) for ids in batches]
    return torch.stack([token_losses(model(ids)[0], ids).mean() for ids in batches]).mean().item()


@torch.inference_mode()
def routing_metrics(model: Decoder, ids: Tensor) -> dict[str, float]:
    """Utilisation entropy by layer: 1 for a uniform load, 0 for one expert; and the smallest load anywhere."""
    _, trace = model(ids.to(device_of(model)))
    loads = [block.feed_forward.load for block in trace.blocks if isinstance(block.feed_forward, RoutingTrace)]
    entropy = {f"routing_entropy_layer_{layer}": utilisation_entropy(f).item() for layer, f in enumerate(loads)}
    return entropy | {"smallest_expert_load": min(f.min().item() for f in loads)} if loads else {}
