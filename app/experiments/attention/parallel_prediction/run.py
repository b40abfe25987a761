"""One pass over a text against a run for every prefix of it: the same predictions and the same gradients."""

from copy import deepcopy
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read_document
from models.attention.masks import causal_mask
from models.data.tiny_world import stream
from models.language.parallel_prediction import gradient_norms, losses, predictions, prefix_by_prefix
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import END, ids_of
from models.transformer.decoder import Decoder

LONGEST = 14


class PrefixControls(Controls):
    sentence: Sentence = Field("Sven wakes up in Oslo . he takes the flag .", title="Sentence")
    mask: Literal["causal", "none"] = Field("causal", title="Mask")
    taught: Literal["every position", "the last only"] = Field(
        "every position", title="Positions with a loss", description="In the one pass"
    )


class Passes(NamedTuple):
    """A text in one pass and prefix by prefix."""

    right: Tensor  # (T − 1, T − 1) row: prefix length, column: position; probability of the true next token, NaN beyond
    once: Tensor  # (T − 1,) the same of one pass
    difference: float  # largest of any probability
    loss_once: Tensor  # (T − 1,) nats
    loss_by_prefix: Tensor  # (T − 1,) at the end of every prefix
    gradient_difference: float  # ‖g of one pass − Σ g of the prefixes‖ / ‖Σ g‖


class PrefixResult(NamedTuple):
    controls: PrefixControls
    pieces: list[str]
    shown: Passes
    other: Passes
    gradients: Tensor  # (T − 1, T) norm of each loss's gradient by each token's vector
    parameters: int
    notices: list[str]


@memo
def learning_model(device: str) -> Decoder:
    """A copy of the shared small decoder that may be asked for gradients; its weights never change."""
    return deepcopy(pretrained("draft", device)).requires_grad_(True)


def mask_of(name: str, tokens: int, device: torch.device) -> Tensor:
    causal = causal_mask(tokens, device=device)
    return causal if name == "causal" else torch.ones_like(causal)


@torch.enable_grad()
def passes(model: Decoder, ids: Tensor, mask: Tensor, taught: str) -> Passes:
    """Both ways of reading ids (T,), and the gradients of both by all weights of the blocks."""
    weights, x = list(model.blocks.parameters()), model.embedding(ids).detach()
    gradient = lambda loss: torch.cat([g.flatten() for g in torch.autograd.grad(loss, weights)])
    one = predictions(model, x[None], mask)[0]
    runs = prefix_by_prefix(model, x[:-1], mask)
    once = losses(one, ids)
    ends = torch.stack([run[-1] for run in runs])
    apart = cross_entropy(ends, ids[1:], reduction="none")
    whole = gradient(apart.sum())
    from_once = gradient(once.sum() if taught == "every position" else once[-1])
    p = one.softmax(dim=-1)
    right = torch.full((len(runs), len(runs)), torch.nan)
    for row, run in enumerate(runs):
        true = ids[1 : row + 2, None]
        right[row, : row + 1] = run.softmax(dim=-1).gather(-1, true)[:, 0].detach().cpu()
    return Passes(
        right,
        p[:-1].gather(-1, ids[1:, None])[:, 0].detach(),
        max((p[: len(run)] - run.softmax(dim=-1)).abs().max().item() for run in runs),
        once.detach(),
        apart.detach(),
        ((from_once - whole).norm() / whole.norm()).item(),
    )


@memo
def of_the_seed(seed: int, mask: str, taught: str, device: str) -> Passes:
    """A story that no training text held, cut to the longest length."""
    ids = torch.tensor([END, *ids_of(next(stream("stories", seed, "held_out")).text)][:LONGEST], device=device)
    return passes(learning_model(device), ids, mask_of(mask, len(ids), ids.device), taught)


def run(controls: PrefixControls, device: str) -> PrefixResult:
    model = learning_model(device)
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    ids = text.ids[0]
    mask = mask_of(controls.mask, len(ids), ids.device)
    taught = gradient_norms(model, model.embedding(ids), ids, mask).detach().cpu()
    if controls.taught == "the last only":
        taught[:-1] = 0
    return PrefixResult(
        controls,
        text.pieces,
        passes(model, ids, mask, controls.taught),
        of_the_seed(controls.seed, controls.mask, controls.taught, device),
        taught,
        parameter_count(model),
        text.notices,
    )


def measure(result: PrefixResult) -> Measurements:
    both = (result.shown, result.other)
    T = len(result.pieces)
    return {
        "largest_probability_difference": max(found.difference for found in both),
        "gradient_difference_share": max(found.gradient_difference for found in both),
        "mean_loss_nats": result.shown.loss_once.mean().item(),
        "largest_gradient_on_a_later_token": result.gradients.triu(1).max().item(),
        "positions_with_a_loss": float(T - 1 if result.controls.taught == "every position" else 1),
        "positions_computed_in_one_pass": float(T),
        "positions_computed_by_prefix": T * (T - 1) / 2,
    }
