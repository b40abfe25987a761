"""Window, global tokens and random links: what a trained encoder still reads through them, and how far it reaches."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.attention.sparse_patterns import global_tokens, hops, random_links, window
from models.data.sentence_pairs import paired_rows, single_rows
from models.language.held_out import seed_of
from models.language.masking import NOT_ASKED, masked_tokens
from models.language.pretrained_text_models import masked_encoder
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import PAD, VOCABULARY
from models.transformer.encoder import padding_mask

TOKENS, PAIRS, TEXTS = 64, 48, 16
LENGTHS = (16, 32, 64, 128, 256, 512)


class PatternControls(Controls):
    reach: int = Field(4, ge=1, le=8, title="Window w", description="Visible neighbours on either side")
    first: int = Field(1, ge=0, le=4, title="Global tokens", description="They attend to all, and all attend to them")
    at: Literal["the start", "the end"] = Field("the start", title="Global tokens stand at")
    random: int = Field(2, ge=0, le=8, title="Random links", description="Keys chosen at random for each query")
    attention: Literal["sparse", "full"] = Field("sparse", title="Attention")


class Reading(NamedTuple):
    """What the trained encoder makes of held-out texts."""

    found: float  # share of masked words predicted correctly
    loss: float  # nats per masked word
    judged: float  # share of pairs judged correctly: does the second text follow?


class PatternResult(NamedTuple):
    controls: PatternControls
    parts: dict[str, Tensor]  # name → (T, T) bool
    allowed: Tensor  # (T, T)
    distance: Tensor  # (T, T) hops
    scores: dict[int, int]  # text length → scores of the pattern
    longest: dict[str, int]  # parts combined → longest path
    readings: dict[str, Reading]
    parameters: int


def last_tokens(T: int, N: int) -> Tensor:
    """The last N tokens are global instead of the first. (T, T)"""
    return global_tokens(T, N).flip(0, 1)


def parts(T: int, controls: PatternControls) -> dict[str, Tensor]:
    return {
        "window": window(T, controls.reach),
        "global": global_tokens(T, controls.first) if controls.at == "the start" else last_tokens(T, controls.first),
        "random": random_links(T, controls.random, controls.seed),
    }


def combined(T: int, controls: PatternControls) -> Tensor:
    if controls.attention == "full":
        return torch.ones(T, T, dtype=torch.bool)
    return torch.stack(list(parts(T, controls).values())).any(dim=0)


@memo
def counted(controls: PatternControls) -> dict[int, int]:
    """Scores for texts of several lengths, counted from the pattern."""
    return {T: int(combined(T, controls).sum()) for T in LENGTHS}


@memo
def longest_path(controls: PatternControls) -> int:
    return int(hops(combined(TOKENS, controls)).max())


@memo
@torch.inference_mode()
def reading(controls: PatternControls, device: str) -> Reading:
    """The trained encoder with this pattern in every layer; padding attends to itself, so that no row is empty."""
    model, T, unseen = masked_encoder(device), TOKENS, seed_of("evaluation", controls.seed)
    allowed = combined(T, controls).to(device)
    own = torch.eye(T, dtype=torch.bool, device=device)
    ids, segments, labels = (torch.from_numpy(part).to(device) for part in paired_rows(PAIRS, T, unseen))
    followed = model.next_sentence(model.encoder(ids, segments, padding_mask(ids, PAD) & allowed | own)[0])
    text, segments, _ = (torch.from_numpy(part).to(device) for part in single_rows(TEXTS, T, unseen))
    inputs, targets = masked_tokens(text.cpu(), VOCABULARY, generator(controls.seed))
    inputs, targets = inputs.to(device), targets.to(device)
    asked = targets != NOT_ASKED
    masked = model.encoder(inputs, segments, padding_mask(inputs, PAD) & allowed | own)[0][asked]
    words = model.masked_language(masked, model.encoder.embedding.weight)
    return Reading(
        (words.argmax(dim=-1) == targets[asked]).float().mean().item(),
        cross_entropy(words, targets[asked]).item(),
        (followed.argmax(dim=-1) == labels).float().mean().item(),
    )


def run(controls: PatternControls, device: str) -> Iterator[PatternResult]:
    """What the encoder reads with each pattern comes one after the other, full attention and the chosen one first."""

    def with_(**change: object) -> PatternControls:
        return controls.model_copy(update={"attention": "sparse", **change})

    kinds = {
        "full": with_(attention="full"),
        "window": with_(first=0, random=0),
        "and random": with_(first=0),
        "and global": with_(random=0),
        "all three": with_(),
    }
    allowed = combined(TOKENS, controls)
    longest = {name: longest_path(kind) for name, kind in kinds.items()}
    found = {"now": reading(controls, device)}
    for name, kind in kinds.items():
        found[name] = reading(kind, device)
        yield PatternResult(
            controls, parts(TOKENS, controls), allowed, hops(allowed), counted(controls), longest, dict(found),
            parameter_count(masked_encoder(device)),
        )  # fmt: skip


def measure(result: PatternResult) -> Measurements:
    now, full = result.readings["now"], result.readings["full"]
    return {
        "scores": result.scores[TOKENS],
        "full_scores": TOKENS**2,
        "share_of_scores": result.scores[TOKENS] / TOKENS**2,
        "scores_when_doubled_over": result.scores[2 * TOKENS] / result.scores[TOKENS],
        "longest_path_hops": result.distance.max().item(),
        "mean_path_hops": result.distance.float().mean().item(),
        "longest_path_window_only_hops": result.longest["window"],
        "longest_path_with_random_hops": result.longest["and random"],
        "pairs_judged_right": now.judged,
        "pairs_lost": full.judged - now.judged,
        "masked_words_found": now.found,
        "masked_words_found_by_full": full.found,
        "added_masked_loss_nats": now.loss - full.loss,
    }
