"""One head of a small attention-only model: which words it matches, what it writes, and the loss without it."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.text import read_document
from models.interpretability.ablation import StandIn, leaving_out, rises_without_each
from models.interpretability.circuits import circuits, copying_ratio, own_word_share
from models.interpretability.head_patterns import induction_score, previous_token_score
from models.language.evaluation import document_said_twice, token_losses
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import pieces
from models.training.metrics import word_tokens

LONGEST = 28
ROWS, PERIOD = 6, 16
WORDS = 48  # on which the circuits are judged
SHOWN = 10  # words of the text, in the circuits' figures


class OneHeadControls(Controls):
    sentence: Sentence = Field(
        "Oslo dog Paris key cat duck rope ball Oslo dog Paris key cat duck rope ball",
        title="Sentence",
        description="Read after <|end|>; some words should come twice",
    )
    layer: int = Field(1, ge=0, le=1, title="Layer", description="Counted from 0")
    head: int = Field(2, ge=0, le=3, title="Head", description="Counted from 0")
    keys: Literal["previous-token head", "another head", "word itself"] = Field(
        "previous-token head", title="Keys made by", description="Which head of layer 0 wrote what the keys are made of"
    )
    without: StandIn = Field(
        "mean", title="Ablation", description="What stands in for the head's output", json_schema_extra=MORE
    )


class OneHeadResult(NamedTuple):
    controls: OneHeadControls
    pieces: list[str]
    repeated: Tensor  # (T − 1,) whether the next word was read before
    rise: Tensor  # (T − 1,) nats, of the loss of each next word
    words: list[str]
    qk: Tensor  # (N, N) of the words on screen
    ov: Tensor  # (N, N)
    matching: float  # shares of many words
    copying: float
    ratio: float
    rises: Tensor  # (2, L, H) nats: first half and second half of random rows, without each head
    patterns: dict[str, Tensor]  # score → (L, H)
    parameters: int
    notices: list[str]


def random_rows(seed: int, device: str) -> Tensor:
    return document_said_twice(ROWS, PERIOD, word_tokens(), seed).to(device)


@lru_cache(maxsize=16)
@torch.inference_mode()
def patterns(seed: int, device: str) -> dict[str, Tensor]:
    """Two scores of every head on the random rows: (L, H)."""
    weights = pretrained("induction", device)(random_rows(seed, device))[1].weights
    return {
        "previous token": torch.stack([previous_token_score(w) for w in weights]),
        "induction": torch.stack([induction_score(w[:, :, 1:, 1:], PERIOD) for w in weights]),
    }


@lru_cache(maxsize=32)
@torch.inference_mode()
def rises(seed: int, without: StandIn, device: str) -> Tensor:
    """How much the loss of the first and of the second half rises without each head: (2, L, H)."""
    rise = rises_without_each(pretrained("induction", device), random_rows(seed, device), without)  # (L, H, B, T − 1)
    return torch.stack([rise[..., :PERIOD].mean(dim=(2, 3)), rise[..., PERIOD + 1 :].mean(dim=(2, 3))])


def judged_words(seed: int) -> Tensor:
    words = word_tokens()
    return words[torch.randperm(len(words), generator=generator(seed))[:WORDS]]


@torch.inference_mode()
def run(controls: OneHeadControls, device: str) -> OneHeadResult:
    model = pretrained("induction", device)
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    without = leaving_out(controls.layer, controls.head, controls.without)
    losses = [token_losses(model(text.ids, edit=edit)[0], text.ids)[0] for edit in (None, without)]
    scores = patterns(controls.seed, device)
    to_previous = scores["previous token"][0]
    before = int(to_previous.argmax() if controls.keys == "previous-token head" else to_previous.argmin())
    read = text.ids[0].tolist()
    shown = list(dict.fromkeys(read[1:]))[:SHOWN]
    carried = None if controls.keys == "word itself" else before
    of = lambda words: circuits(model, controls.layer, controls.head, words.to(device), carried)
    (qk, ov), (many_qk, many_ov) = of(torch.tensor(shown)), of(judged_words(controls.seed))
    return OneHeadResult(
        controls,
        text.pieces,
        torch.tensor([token in read[1 : place + 1] for place, token in enumerate(read[1:])]),
        losses[1] - losses[0],
        pieces(shown),
        qk,
        ov,
        own_word_share(many_qk),
        own_word_share(many_ov),
        copying_ratio(many_ov),
        rises(controls.seed, controls.without, device),
        scores,
        parameter_count(model),
        text.notices,
    )


def measure(result: OneHeadResult) -> Measurements:
    layer, head = result.controls.layer, result.controls.head
    first, again = result.rises[:, layer, head].tolist()
    return {
        "loss_rise_on_repeats_nats": again,
        "loss_rise_on_first_words_nats": first,
        "largest_rise_of_another_head_nats": _others(result.rises[1], layer, head),
        "copying_share": result.copying,
        "copying_eigenvalue_ratio": result.ratio,
        "matching_share": result.matching,
        "induction_score": result.patterns["induction"][layer, head].item(),
        "previous_token_score": result.patterns["previous token"][layer, head].item(),
    }


def _others(rise: Tensor, layer: int, head: int) -> float:
    """The largest rise by leaving out another head of the same layer."""
    return max(value for number, value in enumerate(rise[layer].tolist()) if number != head)
