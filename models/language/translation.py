"""How well an encoder-decoder translates, and whether it looks at the words that it translates.

Paper: Bahdanau et al. 2015, "Neural Machine Translation by Jointly Learning to Align and Translate".

Symbols
    source (N, S), target (N, T + 1)  token ids     N  sentences     L  layers     H  heads     V  vocabulary
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.data.kinds.translation import ADJECTIVES, NOUNS, VERBS
from models.tokenization.tokenizer import PAD, ids_of
from models.transformer.encoder_decoder import Encoded, EncoderDecoder


class Translated(NamedTuple):
    """What comes of sentences, translated with the states given."""

    right: Tensor  # (words,) which words of their own translation are the likeliest
    whole: Tensor  # (N,) whether every word is
    others: Tensor  # (N,) whether every word of the translation of the states' sentence is
    aligned: Tensor  # (L, H) share of written words that look most at the word that they translate


def originals() -> dict[int, int]:
    """Token of Tok → token of English."""
    pairs = (NOUNS | ADJECTIVES | VERBS).items()
    return {ids_of(foreign)[-1]: ids_of(english)[-1] for english, foreign in pairs}


def places_of_originals(source: Tensor, target: Tensor) -> Tensor:
    """Where the word that each target token translates stands in the source: (N, T, S) bool."""
    table = originals()
    english = torch.tensor([[table.get(int(token), -1) for token in row] for row in target])
    return english[:, :, None] == source[:, None]


def judged(model: EncoderDecoder, source: Tensor, target: Tensor, given: Encoded) -> Translated:
    """Every word of the translations, and of those of the sentences before, where all words before it are right."""
    device = given.states.device

    def likeliest(wanted: Tensor) -> tuple[Tensor, Tensor]:
        """(N, T) which words come out if all before them did; the cross-attention (N, L, H, T, S)."""
        logits, trace = model.decode(wanted[:, :-1].to(device), given)
        right = (logits.argmax(dim=-1).cpu() == wanted[:, 1:]) | (wanted[:, 1:] == PAD)
        return right, torch.stack(trace.cross_weights, dim=1).cpu()

    asked = target[:, 1:] != PAD
    right, weights = likeliest(target)
    others, _ = likeliest(target.roll(1, dims=0))
    at_original = places_of_originals(source, target[:, 1:])  # (N, T, S)
    known = at_original.any(dim=-1)  # (N, T)
    looked = weights.argmax(dim=-1)  # (N, L, H, T)
    hit = at_original[:, None, None].expand(*looked.shape, -1).gather(-1, looked[..., None])[..., 0]
    aligned = (hit & known[:, None, None]).sum(dim=(0, 3)) / known.sum()
    return Translated(right[asked], right.all(dim=1), others.all(dim=1), aligned)
