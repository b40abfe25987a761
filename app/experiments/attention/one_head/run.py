"""Heads of a small attention-only model: accuracy with some of them left out, and the two circuits of one."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read_document
from models.interpretability.ablation import StandIn, leaving_out
from models.interpretability.circuits import circuits, copying_ratio, own_word_share
from models.interpretability.head_patterns import induction_score, previous_token_score
from models.language.evaluation import document_said_twice
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import pieces
from models.training.metrics import word_tokens
from models.transformer.decoder import Decoder

LONGEST = 28
ROWS, PERIOD = 6, 16
WORDS = 48  # on which the circuits are judged
SHOWN = 10  # words of the text, in the circuits' figures
LEFT_OUT = ("nothing", "this head", "head 1 of layer 0", "previous-token head", "all of layer 1")
HEADS: dict[str, tuple[tuple[int, int], ...]] = {  # (layer, head)
    "nothing": (),
    "head 1 of layer 0": ((0, 1),),
    "previous-token head": ((0, 0),),
    "all of layer 1": ((1, 0), (1, 1), (1, 2), (1, 3)),
}


class OneHeadControls(Controls):
    leave_out: Literal["nothing", "this head", "head 1 of layer 0", "previous-token head", "all of layer 1"] = Field(
        "previous-token head", title="Leave out", description="This head: the one picked below"
    )
    layer: int = Field(1, ge=0, le=1, title="Layer", description="Of the head whose circuits are shown, from 0")
    head: int = Field(1, ge=0, le=3, title="Head", description="Counted from 0")
    keys: Literal["previous-token head", "another head", "word itself"] = Field(
        "previous-token head", title="Keys made by", description="Which head of layer 0 writes what the keys read"
    )
    sentence: Sentence = Field(
        "Oslo dog Paris key cat duck rope ball", title="Words", description="Shown in the two circuits"
    )
    without: StandIn = Field(
        "mean", title="Ablation", description="What replaces the head's output", json_schema_extra=MORE
    )

    def heads(self, left_out: str) -> tuple[tuple[int, int], ...]:
        return ((self.layer, self.head),) if left_out == "this head" else HEADS[left_out]


class OneHeadResult(NamedTuple):
    controls: OneHeadControls
    accuracy: dict[str, float]  # what is left out → percent of repeated words predicted
    words: list[str]
    qk: Tensor  # (N, N) of the words on screen
    ov: Tensor  # (N, N)
    matching: float  # shares of many words
    copying: float
    ratio: float
    patterns: dict[str, Tensor]  # score → (L, H)
    parameters: int
    notices: list[str]


def random_rows(seed: int, device: str) -> Tensor:
    return document_said_twice(ROWS, PERIOD, word_tokens(), seed).to(device)


@memo
@torch.inference_mode()
def patterns(seed: int, device: str) -> dict[str, Tensor]:
    """Two scores of every head on the random rows: (L, H)."""
    weights = pretrained("induction", device)(random_rows(seed, device))[1].weights
    return {
        "previous token": torch.stack([previous_token_score(w) for w in weights]),
        "induction": torch.stack([induction_score(w[:, :, 1:, 1:], PERIOD) for w in weights]),
    }


@memo
@torch.inference_mode()
def accuracy(heads: tuple[tuple[int, int], ...], without: StandIn, seed: int, device: str) -> float:
    """Percent of the words in the second half of the random rows that are predicted, with these heads left out."""
    model: Decoder = pretrained("induction", device)
    ids, edits = random_rows(seed, device), [leaving_out(layer, head, without) for layer, head in heads]

    def edit(number: int, outputs: Tensor) -> Tensor:
        for leave_out in edits:
            outputs = leave_out(number, outputs)
        return outputs

    right = model(ids, edit=edit)[0][:, :-1].argmax(dim=-1) == ids[:, 1:]
    return 100 * right[:, PERIOD + 1 :].float().mean().item()  # a row is <|end|> and 2 · PERIOD words


def judged_words(seed: int) -> Tensor:
    words = word_tokens()
    return words[torch.randperm(len(words), generator=generator(seed))[:WORDS]]


@torch.inference_mode()
def run(controls: OneHeadControls, device: str) -> OneHeadResult:
    model = pretrained("induction", device)
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    scores = patterns(controls.seed, device)
    to_previous = scores["previous token"][0]
    before = int(to_previous.argmax() if controls.keys == "previous-token head" else to_previous.argmin())
    shown = list(dict.fromkeys(text.ids[0].tolist()[1:]))[:SHOWN]
    carried = None if controls.keys == "word itself" else before
    of = lambda words: circuits(model, controls.layer, controls.head, words.to(device), carried)
    (qk, ov), (many_qk, many_ov) = of(torch.tensor(shown)), of(judged_words(controls.seed))
    return OneHeadResult(
        controls,
        {name: accuracy(controls.heads(name), controls.without, controls.seed, device) for name in LEFT_OUT},
        pieces(shown),
        qk,
        ov,
        own_word_share(many_qk),
        own_word_share(many_ov),
        copying_ratio(many_ov),
        scores,
        parameter_count(model),
        text.notices,
    )


def measure(result: OneHeadResult) -> Measurements:
    layer, head = result.controls.layer, result.controls.head
    return {
        "accuracy_on_repeats_percent": result.accuracy[result.controls.leave_out],
        "accuracy_with_all_heads_percent": result.accuracy["nothing"],
        "copying_share": result.copying,
        "copying_eigenvalue_ratio": result.ratio,
        "matching_share": result.matching,
        "induction_score": result.patterns["induction"][layer, head].item(),
        "previous_token_score": result.patterns["previous token"][layer, head].item(),
    }
