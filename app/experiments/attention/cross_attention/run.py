"""A trained translator's decoder attends to encoder states: as read, empty, or of another sentence."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read
from models.attention.multi_head import MultiHeadTrace
from models.data.text_to_text import rows
from models.interpretability.withheld_source import emptied, passed_on, without
from models.language.pretrained_text_models import translator
from models.language.transduction import write
from models.language.translation import Translated, judged
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import END, PAD, ids_of, pieces
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import Encoded, EncoderDecoder

LONGEST, STEPS = 20, 12
TRANSLATIONS = 24
LENGTHS = 16, 10
States = Literal["as read", "empty", "articles empty", "another sentence"]
ARTICLES = ("the", "a")


class CrossControls(Controls):
    sentence: Sentence = Field(
        "the red cat helps the goat . tok :", title="Sentence", description="“tok :” asks for Tok"
    )
    states: States = Field("as read", title="Encoder states", description="What the decoder attends to")
    layer: int = Field(0, ge=0, le=1, title="Decoder layer", description="Counted from 0")
    head: int = Field(0, ge=0, le=5, title="Head", description="Counted from 0, or click one")


class CrossResult(NamedTuple):
    controls: CrossControls
    source: list[str]  # the tokens whose states are attended to
    written: list[str]
    layers: list[MultiHeadTrace]  # one text each: (1, H, T or S, …)
    probabilities: dict[str, Tensor]  # states → (T,) of the words that are written with the states as read
    answer: list[str]  # those words
    translated: Translated
    parameters: int
    notices: list[str]

    @property
    def weights(self) -> Tensor:
        """(L, H, T, S)"""
        return torch.stack([layer.weights[0] for layer in self.layers])


def articles(ids: Tensor) -> Tensor:
    """Where an article stands.  (B, S)"""
    return torch.isin(ids, torch.tensor([ids_of(word)[0] for word in ARTICLES], device=ids.device))


def withheld(model: EncoderDecoder, encoded: Encoded, ids: Tensor, states: str) -> Encoded:
    return {
        "as read": lambda: encoded,
        "empty": lambda: emptied(model, encoded),
        "articles empty": lambda: without(model, encoded, articles(ids)),
        "another sentence": lambda: passed_on(model, encoded),
    }[states]()


@memo
@torch.inference_mode()
def translated(states: str, seed: int, device: str) -> Translated:
    model = translator(device)
    source, target = map(torch.from_numpy, rows(TRANSLATIONS, seed, LENGTHS, "translation", "held_out"))
    encoded = model.encode(source.to(device), padding_mask(source.to(device), PAD))
    return judged(model, source, target, withheld(model, encoded, source.to(device), states))


@torch.inference_mode()
def run(controls: CrossControls, device: str) -> CrossResult:
    model = translator(device)
    text = read(controls.sentence, LONGEST, "sentence", device)
    other = torch.from_numpy(rows(1, controls.seed, LENGTHS, "translation", "held_out")[0]).to(device)
    other = other[:, : int((other != PAD).sum())]
    given = {
        "as read": model.encode(text.ids),
        "empty": emptied(model, model.encode(text.ids)),
        "another sentence": model.encode(other),
        "articles empty": without(model, model.encode(text.ids), articles(text.ids)),
    }
    answer = write(model, given["as read"], STEPS)[0]
    begun = torch.cat([answer.new_tensor([END]), answer[:-1]])[None]
    probabilities = {
        name: model.decode(begun, states)[0][0].softmax(dim=-1).gather(-1, answer[:, None])[:, 0]
        for name, states in given.items()
    }
    chosen = given[controls.states]
    written = write(model, chosen, STEPS)[0]
    _, trace = model.decode(torch.cat([written.new_tensor([END]), written[:-1]])[None], chosen)
    return CrossResult(
        controls,
        pieces(other[0].tolist()) if controls.states == "another sentence" else text.pieces,
        pieces(written.tolist()),
        [block.cross_attention for block in trace.blocks],
        probabilities,
        pieces(answer.tolist()),
        translated(controls.states, controls.seed, device),
        parameter_count(model),
        text.notices,
    )


def measure(result: CrossResult) -> Measurements:
    found, (T, S) = result.translated, result.weights.shape[-2:]
    return {
        "exact_match_share": found.whole.float().mean().item(),
        "word_accuracy_percent": 100 * found.right.float().mean().item(),
        "translates_the_states_share": found.others.float().mean().item(),
        "aligned_share_of_best_head": found.aligned.max().item(),
        "aligned_share_of_this_head": found.aligned[result.controls.layer, result.controls.head].item(),
        "distance_from_uniform_weights": total_variation(result.weights, torch.full((S,), 1 / S)).mean().item(),
        "tokens_read": float(S),
        "tokens_generated": float(T),
    }
