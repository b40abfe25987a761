"""Held-out texts behind a start token, behind nothing, behind a full stop, and behind another text."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read
from models.data.corpus import documents
from models.language.held_out import seed_of
from models.language.pretrained_decoders import pretrained
from models.language.start_token import first_word_probabilities, losses_behind, mean_from_second
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import END, PAD, VOCABULARY, ids_of, pieces

CHECKPOINT, MIXTURE = "decoder_medium", "recall"
TEXTS, LENGTH, EARLIER, COUNTED = 96, 12, 12, 1500
LONGEST, SHOWN_WORDS = 14, 9

Start = Literal[
    "the start token", "nothing", "a full stop", "the start token twice", "an earlier text, then the start token",
    "an earlier text alone",
]  # fmt: skip
Between = Literal["the start token", "the start token twice", "nothing", "the pad token"]


class StartControls(Controls):
    text: Sentence = Field("Mia has a duck .", title="Text", description=f"Up to {LONGEST} tokens")
    start: Start = Field("the start token", title="Before each text stands")
    between: Between = Field("the start token", title="Between an earlier text and this one")


class StartResult(NamedTuple):
    controls: StartControls
    arms: dict[str, float]  # what stands before → mean loss of words 2 to LENGTH
    loss: float  # as it is set
    earlier_loss: float  # behind an earlier text and what is set between
    pieces: list[str]
    started: Tensor  # (1, 1 + T) the typed text behind a start token
    z: Tensor  # (1, 1 + T, V) its logits
    typed: dict[str, Tensor]  # with and without the start token → loss of each token of the typed text, (T,)
    predicted: Tensor  # (V,) probabilities of the first word
    counted: Tensor  # (V,) its frequencies in other texts
    words: list[str]  # the most frequent first words
    shown: list[int]  # their ids
    parameters: int
    notices: list[str]


@memo
def texts(seed: int) -> tuple[Tensor, Tensor]:
    """Held-out texts (TEXTS, LENGTH) and the ends of others, to stand before them (TEXTS, EARLIER)."""
    found: list[list[int]] = []
    for document in documents(MIXTURE, seed_of("evaluation", seed)):
        ids = ids_of(document)
        if len(ids) >= max(LENGTH, EARLIER):
            found.append(ids)
        if len(found) == 2 * TEXTS:
            break
    return (
        torch.tensor([ids[:LENGTH] for ids in found[:TEXTS]]),
        torch.tensor([ids[-EARLIER:] for ids in found[TEXTS:]]),
    )


@memo
def first_words(seed: int) -> Tensor:
    """How often each token begins a text, (V,): counted on texts like those of training."""
    counts = torch.zeros(VOCABULARY, dtype=torch.double)
    for _, document in zip(range(COUNTED), documents(MIXTURE, seed_of("search", seed))):
        counts[ids_of(document.split(" ", 1)[0])[0]] += 1
    return counts / counts.sum()


def starts(start: Start, earlier: Tensor) -> Tensor:
    """The tokens before each text, (N, S)."""
    full_stop = ids_of(".")[0]
    token = {"the start token": [END], "nothing": [], "a full stop": [full_stop], "the start token twice": [END, END]}
    if start in token:
        return torch.tensor(token[start], dtype=torch.long).expand(len(earlier), -1)
    return behind(earlier, "the start token" if start.endswith("token") else "nothing")


def behind(earlier: Tensor, between: Between) -> Tensor:
    """An earlier text behind its own start token, then what stands between, (N, S)."""
    tokens = {"the start token": [END], "the start token twice": [END, END], "nothing": [], "the pad token": [PAD]}
    own = earlier.new_full((len(earlier), 1), END)
    return torch.cat([own, earlier, earlier.new_tensor(tokens[between]).expand(len(earlier), -1)], dim=1)


@memo
@torch.inference_mode()
def losses(start: Start, seed: int, device: str) -> Tensor:
    """Losses of each word of the texts behind that start, (TEXTS, LENGTH)."""
    x, earlier = texts(seed)
    return losses_behind(pretrained(CHECKPOINT, device), starts(start, earlier).to(device), x.to(device)).cpu()


@memo
@torch.inference_mode()
def earlier_loss(between: Between, seed: int, device: str) -> float:
    x, earlier = texts(seed)
    found = losses_behind(pretrained(CHECKPOINT, device), behind(earlier, between).to(device), x.to(device))
    return mean_from_second(found).item()


ARMS: dict[str, Start] = {
    "start token": "the start token",
    "nothing": "nothing",
    "full stop": "a full stop",
    "start, twice": "the start token twice",
    "text, start": "an earlier text, then the start token",
    "text alone": "an earlier text alone",
}


@torch.inference_mode()
def run(controls: StartControls, device: str) -> StartResult:
    c, model = controls, pretrained(CHECKPOINT, device)
    every = {name: losses(start, c.seed, device) for name, start in ARMS.items()}
    text = read(c.text.strip() or "Mia has a duck .", LONGEST, "text", device)
    start = text.ids.new_full((1, 1), END)
    started = torch.cat([start, text.ids], dim=1)
    typed = {
        "with": losses_behind(model, start, text.ids)[0],
        "without": losses_behind(model, text.ids[:, :0], text.ids)[0],
    }
    before = starts(c.start, texts(c.seed)[1]).to(device)
    predicted = first_word_probabilities(model, before) if before.shape[1] else torch.full((VOCABULARY,), torch.nan)
    shown = first_words(c.seed).topk(SHOWN_WORDS).indices.tolist()
    return StartResult(
        controls=c,
        arms={name: mean_from_second(one).item() for name, one in every.items()},
        loss=mean_from_second(losses(c.start, c.seed, device)).item(),
        earlier_loss=earlier_loss(c.between, c.seed, device),
        pieces=text.pieces,
        started=started,
        z=model(started)[0],
        typed=typed,
        predicted=predicted,
        counted=first_words(c.seed),
        words=pieces(shown),
        shown=shown,
        parameters=parameter_count(model),
        notices=text.notices,
    )


def measure(result: StartResult) -> Measurements:
    """Behind nothing there is no gain over it, and no first word is predicted."""
    arms, started = result.arms, {}
    if result.controls.start != "nothing":
        started = {
            "gain_over_nothing_nats": arms["nothing"] - result.loss,
            "first_word_distance": total_variation(result.predicted.double(), result.counted).item(),
        }
    return {
        "loss_nats": result.loss,
        "loss_behind_start_nats": arms["start token"],
        "loss_behind_nothing_nats": arms["nothing"],
        "loss_behind_full_stop_nats": arms["full stop"],
        "doubled_start_extra_nats": arms["start, twice"] - arms["start token"],
        "earlier_text_extra_nats": result.earlier_loss - arms["start token"],
        **started,
    }
