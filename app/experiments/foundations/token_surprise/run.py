"""How surprised a language model is by a sentence, word by word; by shuffled ones; and by texts of known chance."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import ModelControls, text_model
from models.data.corpus import documents
from models.data.dice import Dice
from models.data.kinds.chance import STEP_ENTROPY_NATS
from models.data.walks_of_other_odds import exchanged, walks
from models.language.held_out import seed_of
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.probability.sequence_surprise import coin_surprise, shifted_twice, surprises
from models.tokenization.tokenizer import END, PAD, ids_of
from models.transformer.decoder import Decoder

CHECKPOINT, CHANCE_CHECKPOINT = "decoder", "chance_decoder"
LONGEST, TEXTS, SHORTEST, WALKS, TOSSES = 40, 32, 6, 160, 20
KINDS = {"told": 1, "context_facts": 1, "moves": 1, "stories": 1, "note": 1}

Scored = Literal["the next token", "the token after next", "the next token, padded"]
Source = Literal["as in training", "two likely steps exchanged", "two rare steps exchanged"]
ODDS: Mapping[Source, tuple[float, ...]] = {
    "as in training": exchanged(0, 0),
    "two likely steps exchanged": exchanged(0, 1),
    "two rare steps exchanged": exchanged(2, 3),
}


class TokenSurpriseControls(ModelControls):
    sentence: Sentence = Field(
        "Ada lives in Lund . Ben lives in Oslo . Ada lives in Oslo .",
        title="Sentence",
        description=f"Up to {LONGEST} tokens",
    )
    scored: Scored = Field("the next token", title="Each prediction is scored by")
    source: Source = Field("as in training", title="Steps of the random walks")
    heads: int = Field(14, ge=0, le=TOSSES, title=f"Heads in {TOSSES} tosses")


class TokenSurpriseResult(NamedTuple):
    controls: TokenSurpriseControls
    pieces: list[str]  # tokens that are scored
    z: Tensor  # (1, T, V)
    ids: Tensor  # (1, T)
    surprise: Tensor  # (scored,)
    written: Tensor  # (TEXTS,) nats per token of held-out texts, of the tiny world's model
    shuffled: Tensor  # (TEXTS,) of the same words in random order
    walk_nats: float  # per step of walks of known chance
    theta: Tensor  # (N,)
    coin: Tensor  # (N,)
    parameters: int
    notices: list[str]


def score(scored: Scored) -> Callable[[Tensor, Tensor], Tensor]:
    return shifted_twice if scored == "the token after next" else surprises


@torch.inference_mode()
def mean_surprise(model: Decoder, texts: list[list[int]], scored: Scored, tokens: int = 0) -> Tensor:
    """Nats per token of texts of token ids, each behind an end-of-text token; only the last ``tokens``, if given."""
    ids = pad_sequence([torch.tensor([END, *text]) for text in texts], batch_first=True, padding_value=PAD)
    if scored == "the next token, padded":
        ids = torch.nn.functional.pad(ids, (0, 8), value=PAD)  # logits and labels grow alike
    found = score(scored)(model(ids)[0], ids)
    late = 2 if scored == "the token after next" else 1
    lengths = torch.tensor([len(text) + 1 - late for text in texts])
    place = torch.arange(found.shape[1])
    counted = (place < lengths[:, None]) & (place >= (lengths - (tokens or found.shape[1]))[:, None])
    return (found * counted).sum(dim=1) / counted.sum(dim=1)


@memo
def held_out(scored: Scored, seed: int) -> tuple[Tensor, Tensor]:
    """Held-out texts as they are, and with their words in random order."""
    dice, texts = Dice(f"shuffled {seed}"), []
    for document in documents(KINDS, seed_of("evaluation", seed), split="held_out"):
        words = document.split()[:LONGEST]
        if len(words) >= SHORTEST:
            texts.append(words)
        if len(texts) == TEXTS:
            break
    model = pretrained(CHECKPOINT)
    orders = texts, [dice.some(words, len(words)) for words in texts]
    both = [mean_surprise(model, [ids_of(" ".join(words)) for words in some], scored) for some in orders]
    return both[0], both[1]


@memo
def walk_surprise(source: Source, seed: int) -> float:
    """Nats per step of walks, of the model that was trained on them; the first word, which is free, is left out."""
    texts = [ids_of(text) for text in walks(ODDS[source], WALKS, seed)]
    return mean_surprise(pretrained(CHANCE_CHECKPOINT), texts, "the next token", tokens=15).mean().item()


@torch.inference_mode()
def run(controls: TokenSurpriseControls, device: str) -> TokenSurpriseResult:
    c, model = controls, text_model(controls.model, device)
    text = model.read(c.sentence, LONGEST, "sentence")
    z = model.decoder(text.ids)[0]
    late = 2 if c.scored == "the token after next" else 1
    theta = torch.linspace(0, 1, 101)
    written, shuffled = held_out(c.scored, c.seed)
    return TokenSurpriseResult(
        controls=c,
        pieces=text.pieces[late:],
        z=z,
        ids=text.ids,
        surprise=score(c.scored)(z, text.ids)[0],
        written=written,
        shuffled=shuffled,
        walk_nats=walk_surprise(c.source, c.seed),
        theta=theta,
        coin=coin_surprise(theta, c.heads, TOSSES - c.heads),
        parameters=parameter_count(model.decoder),
        notices=text.notices,
    )


def measure(result: TokenSurpriseResult) -> Measurements:
    surprise, coin = result.surprise, result.coin
    any_token = len(surprise) > 0
    return {
        "sentence_nats_per_token": surprise.mean().item() if any_token else float("nan"),
        "largest_surprise_nats": surprise.max().item() if any_token else float("nan"),
        "largest_surprise_over_mean": (surprise.max() / surprise.mean()).item() if any_token else float("nan"),
        "lower_than_shuffled_share": (result.written < result.shuffled).double().mean().item(),
        "held_out_nats_per_token": result.written.mean().item(),
        "shuffled_nats_per_token": result.shuffled.mean().item(),
        "walk_nats_per_step": result.walk_nats,
        "walk_entropy_nats": STEP_ENTROPY_NATS,
        "walk_excess_nats": result.walk_nats - STEP_ENTROPY_NATS,
        "best_theta": result.theta[coin.argmin()].item(),
        "least_coin_nats": coin.min().item() + 0.0,  # never −0
    }
