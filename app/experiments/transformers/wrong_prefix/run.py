"""A trained decoder's prefix with one wrong word, of the same class or another, while the source stays."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.transformers.clause import Clause
from app.experiments.transformers.withheld_source import Across, halves_across
from models.attention.multi_head import MultiHeadTrace
from models.data.tok_sentences import CLASSES, END, PAD, TARGET, class_of, parsed, sentences, words_of
from models.interpretability.prefix_replaced import decoded, generated, replaced
from models.language.from_states import all_right, shifted_right
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import EncoderDecoder
from models.transformer.pretrained_halves import TRAININGS

HELD_OUT = 192
EXAMPLE = "the red cat helps the white goat"
PLACES = 4
AFTER = 3
"""Words behind the wrong one that are followed."""

Wrong = Literal["of the same class", "of another class"]
Trained = Literal["shifted right", "not shifted"]


class PrefixControls(Controls):
    sentence: Clause = Field(EXAMPLE, title="Sentence", description="the (adjective) noun verb the (adjective) noun")
    wrong: Wrong = Field("of the same class", title="Wrong word", description="Noun, adjective or verb")
    place: int = Field(1, ge=1, le=PLACES - 1, title="Place of the wrong word", description="1 is the first word")
    window: int = Field(TARGET, ge=1, le=TARGET, title="Words attended to", description="The last of the prefix")
    across: Across = Field("in both layers", title="Cross-attention", description="Where it is left out, it adds zero")
    trained: Trained = Field("shifted right", title="Targets in training", description="Retrained for each")
    training: int = Field(0, ge=0, le=TRAININGS - 1, title="Training", description="Which of three trainings")


class Followed(NamedTuple):
    """Accuracy of the words behind a wrong one, and of the same words behind the right one, each (AFTER,)."""

    wrong: Tensor
    right: Tensor


class Alone(NamedTuple):
    """Held-out sentences without a wrong word."""

    exact: float  # share of sentences that are generated right alone
    next_right: float  # share of next words that are right after the right prefix
    class_right: float  # the same of their class: noun, adjective or verb
    loss: float  # nats per word, with what was read in training


class PrefixResult(NamedTuple):
    controls: PrefixControls
    target: Tensor  # (T,) of the typed sentence, PAD behind it
    written: Tensor  # (T,) generated alone
    read: Tensor  # (T,) the prefix with its wrong word
    after: Tensor  # (T,) what is likeliest after each of it
    attention: MultiHeadTrace  # the decoder's last self-attention on that prefix
    followed: dict[Wrong, Followed]
    alone: Alone
    parameters: int


def model_of(trained: Trained, across: Across, training: int) -> EncoderDecoder:
    return halves_across("tok_halves", trained.removesuffix(" right"), training, across)


def wrong_words(target: Tensor, place: int, wrong: Wrong, draws: torch.Generator) -> Tensor:
    """A word of Tok for each row (B,), of the class of its word at ``place`` or of another; never that word."""
    kinds, found = class_of(target[:, place]), torch.zeros(len(target), dtype=torch.long)
    for row, (kind, word) in enumerate(zip(kinds.tolist(), target[:, place].tolist(), strict=True)):
        pool = [words_of(k) for k in range(len(CLASSES)) if (k == kind) == (wrong == "of the same class")]
        others = torch.cat(pool) if pool else words_of(0)
        others = others[others != word]
        found[row] = others[int(torch.randint(len(others), (1,), generator=draws))]
    return found


@memo
@torch.inference_mode()
def followed(
    trained: Trained, across: Across, training: int, wrong: Wrong, place: int, window: int, seed: int
) -> Followed:
    """Of held-out sentences with a word of Tok at that place: how many of the next words come out right."""
    model = model_of(trained, across, training)
    source, target = sentences(HELD_OUT, generator(seed + 20_000), held=True)
    at = place - 1
    kept = class_of(target[:, at]) >= 0
    source, target = source[kept], target[kept]
    encoded = model.encode(source, padding_mask(source, PAD))
    prefix, found = shifted_right(target, END), []
    words = wrong_words(target, at, wrong, generator(seed + 30_000))
    for read in (replaced(prefix, at, words), prefix):
        right = (decoded(model, read, encoded, window)[0].argmax(dim=-1) == target) & (target != PAD)
        asked = (target != PAD).sum(dim=0)
        share = right.sum(dim=0) / asked.clamp(min=1)  # (T,)
        found.append(torch.where(asked > 0, share, torch.nan)[at + 1 : at + 1 + AFTER])
    return Followed(*found)


@memo
@torch.inference_mode()
def alone(trained: Trained, across: Across, training: int, window: int, seed: int) -> Alone:
    model = model_of(trained, across, training)
    source, target = sentences(HELD_OUT, generator(seed + 20_000), held=True)
    encoded, shifted = model.encode(source, padding_mask(source, PAD)), shifted_right(target, END)
    said = decoded(model, shifted, encoded, window)[0].argmax(dim=-1)  # (B, T)
    words, kinds = target != PAD, class_of(target)
    logits, _ = decoded(model, shifted if trained == "shifted right" else target, encoded, window)
    return Alone(
        # what is generated is right if each word is the likeliest behind the right ones
        all_right(said, target, PAD).float().mean().item(),
        (said == target)[words].float().mean().item(),
        (class_of(said) == kinds)[kinds >= 0].float().mean().item(),
        cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD).item(),
    )


@torch.inference_mode()
def run(controls: PrefixControls, device: str) -> PrefixResult:
    c = controls
    model, (source, target) = model_of(c.trained, c.across, c.training), parsed(c.sentence)
    encoded = model.encode(source, padding_mask(source, PAD))
    at = min(c.place - 1, int((class_of(target[0]) >= 0).sum()) - 1)
    read = replaced(shifted_right(target, END), at, wrong_words(target, at, c.wrong, generator(c.seed)))
    logits, blocks = decoded(model, read, encoded, c.window)
    kinds: tuple[Wrong, Wrong] = ("of the same class", "of another class")
    return PrefixResult(
        c, target[0], generated(model, encoded, c.window, TARGET, END)[0], read[0], logits[0].argmax(dim=-1),
        blocks[-1].self_attention,
        {wrong: followed(c.trained, c.across, c.training, wrong, c.place, c.window, c.seed) for wrong in kinds},
        alone(c.trained, c.across, c.training, c.window, c.seed), parameter_count(model),
    )  # fmt: skip


def measure(result: PrefixResult) -> Measurements:
    chosen = result.followed[result.controls.wrong].wrong
    return {
        "next_word_accuracy": chosen[0].item(),
        "later_word_accuracy": chosen[1].item(),
        "same_class_accuracy": result.followed["of the same class"].wrong[0].item(),
        "other_class_accuracy": result.followed["of another class"].wrong[0].item(),
        "exact_match_alone": result.alone.exact,
        "right_prefix_accuracy": result.alone.next_right,
        "right_class_accuracy": result.alone.class_right,
        "loss_as_trained_nats": result.alone.loss,
        "words_generated": float((result.written == result.target).logical_and(result.target != PAD).sum()),
    }
