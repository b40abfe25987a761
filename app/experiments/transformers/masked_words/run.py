"""Words behind a mask, from both sides and from the left alone; and a wrong word that stands in the open."""

from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.transformers.story_text import Text
from models.data.handed_over import MASK, PIECES, VERBS, ids_of, words_of
from models.data.handed_over_rows import LENGTH, laid_out
from models.data.story_questions import Asked, verbs
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.pretrained_story_readers import TRAININGS, EncoderVariant, encoder, mask_of

HELD_OUT, ROWS, SHOWN = 256, 96, 8

Recipe = Literal["80 % masked, 10 % replaced, 10 % kept", "always masked"]
VARIANT: dict[Recipe, EncoderVariant] = {
    "80 % masked, 10 % replaced, 10 % kept": "as published",
    "always masked": "always masked",
}
Clue = Literal["right of the mask", "left of the mask"]
CLUES: tuple[Clue, ...] = get_args(Clue)
Filler = Literal["none", "at the left end", "at the right end"]
Shown = Literal["masked", "replaced", "kept"]
SHOWN_AS: tuple[Shown, ...] = get_args(Shown)


class MaskedWordsControls(Controls):
    sentence: Text = Field("Ada milks the cow .", title="Sentence", description="Of words that the stories use")
    masked: int = Field(2, ge=1, le=LENGTH - 2, title="Word behind the mask", description="Counted from 1")
    clue: Clue = Field("right of the mask", title="Deciding word is", description="In the held-out sentences")
    filler: Filler = Field("none", title="Filler word", description="“Today” in the held-out sentences")
    recipe: Recipe = Field("80 % masked, 10 % replaced, 10 % kept", title="Training of the reader")


class MaskedWordsResult(NamedTuple):
    controls: MaskedWordsControls
    words: list[str]  # the typed sentence, its mask in place
    hidden: str  # the word behind the mask
    candidates: list[str]  # the likeliest words of both readers
    p: Tensor  # (2, K) their probabilities: from both sides, from the left alone
    accuracy: Tensor  # (2, 2) of both readers (rows) by where the clue stands (columns)
    chosen: Tensor  # (3,) right where the word is masked, replaced, kept, by the chosen recipe
    published: Tensor  # (3,) the same by 80/10/10
    parameters: int
    notices: list[str]


@memo
@torch.inference_mode()
def found(variant: EncoderVariant, clue: Clue, filler: Filler, shown: Shown, seed: int, device: str) -> float:
    """Share of held-out verbs that are the reader's first choice, masked, replaced by another, or kept."""
    asked = held_out(clue, filler, seed)
    model = encoder(variant, seed % TRAININGS, device)
    ids = shown_as(asked, shown, seed).to(device)
    logits = model(ids, mask=mask_of(ids, variant))[0].words.cpu()
    return asked.right(logits[torch.arange(HELD_OUT), asked.at]).double().mean().item()


def held_out(clue: Clue, filler: Filler, seed: int) -> Asked:
    adverb = "" if filler == "none" else "today"
    return verbs(HELD_OUT, clue == "left of the mask", seed, adverb, filler == "at the left end")


def shown_as(asked: Asked, shown: Shown, seed: int) -> Tensor:
    """The ids with the verb masked, replaced by another verb, or as it is. (N, T)"""
    if shown == "kept":
        return asked.rows.ids
    if shown == "masked":
        return asked.hidden
    every = torch.tensor(ids_of(VERBS))
    moved = torch.randint(1, len(every), (HELD_OUT,), generator=generator(seed))
    place = (asked.answer[:, None] == every).int().argmax(dim=1)
    other = every[(place + moved) % len(every)]
    return asked.rows.ids.scatter(1, asked.at[:, None], other[:, None])


@torch.inference_mode()
def typed(words: list[str], place: int, variants: tuple[EncoderVariant, ...], seed: int, device: str) -> Tensor:
    """Probabilities of every token at the masked place, by each reader: (R, V)."""
    ids = laid_out([(words, [])]).ids.to(device)
    return torch.stack(
        [
            encoder(one, seed % TRAININGS, device)(ids, mask=mask_of(ids, one))[0].words[0, place + 1].softmax(dim=-1)
            for one in variants
        ]
    ).cpu()


def run(controls: MaskedWordsControls, device: str) -> MaskedWordsResult:
    c, variant = controls, VARIANT[controls.recipe]
    words, notices = words_of(c.sentence, LENGTH - 2)
    place = min(c.masked, len(words)) - 1
    if c.masked > len(words):
        notices = [*notices, f"masked: the sentence has {len(words)} words; the last one is masked"]
    hidden = words[place]
    covered = [*words[:place], PIECES[MASK], *words[place + 1 :]]
    p = typed(covered, place, (variant, "causal mask"), c.seed, device)  # (2, V)
    best = p.amax(dim=0).topk(SHOWN).indices
    accuracy = torch.tensor(
        [[found(one, clue, c.filler, "masked", c.seed, device) for clue in CLUES] for one in (variant, "causal mask")],
        dtype=torch.double,
    )
    fates = torch.tensor(
        [
            [found(one, c.clue, c.filler, shown, c.seed, device) for shown in SHOWN_AS]
            for one in (variant, "as published")
        ],
        dtype=torch.double,
    )
    return MaskedWordsResult(
        c, covered, hidden, [PIECES[token] for token in best.tolist()], p[:, best], accuracy, fates[0], fates[1],
        parameter_count(encoder(variant, 0, device)), notices,
    )  # fmt: skip


def measure(result: MaskedWordsResult) -> Measurements:
    c = result.controls
    both, left = result.accuracy[:, CLUES.index(c.clue)].tolist()
    known = result.hidden in result.candidates
    at = result.candidates.index(result.hidden) if known else 0
    return {
        "both_sides_accuracy": both,
        "left_only_accuracy": left,
        "gap": both - left,
        "masked_accuracy": result.chosen[0].item(),
        "replaced_accuracy": result.chosen[1].item(),
        "kept_accuracy": result.chosen[2].item(),
        "typed_probability": result.p[0, at].item() if known else 0.0,
        "typed_left_probability": result.p[1, at].item() if known else 0.0,
    }
