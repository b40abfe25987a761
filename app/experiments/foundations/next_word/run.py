"""The distribution of the next word after a text whose true probabilities are known, and samples from it."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read
from models.data.dice import Dice
from models.data.kinds.chance import STEP_ODDS
from models.data.known_chance import drawn, recognised
from models.language.next_word import (
    centred_logits,
    last_residual,
    next_logits,
    next_probabilities,
    over_vocabulary,
    unnormalised_logits,
)
from models.language.pretrained_decoders import pretrained
from models.layers.softmax import entropy, total_variation
from models.parameter_count import parameter_count
from models.probability.sampling_error import frequencies, sampling_error
from models.seeding import generator
from models.tokenization.tokenizer import decode, labels
from models.transformer.decoder import Decoder

CHECKPOINT = "chance_decoder"
LONGEST, BARS = 24, 8
OF_EACH_KIND, REPETITIONS = 12, 60
KINDS = ("walks", "crowd", "trades", "hiring")
COUNTS = (10, 30, 100, 300, 1000, 3000, 10_000)

Logits = Literal["as trained", "final normalisation skipped", "layer normalisation in its place", "50 added to each"]
Counted = Literal["each sample once", "each sample ten times"]


class NextWordControls(Controls):
    prompt: Sentence = Field("walk : cat", title="Text", description="Try: today came · Ada is from the")
    samples: Literal[10, 30, 100, 300, 1000, 3000, 10_000] = Field(100, title="Samples n")
    logits: Logits = Field("as trained", title="Logits")
    counted: Counted = Field(
        "each sample once", title="Samples counted", description="Ten times: a tenth as many, each repeated, n kept"
    )


class NextWordResult(NamedTuple):
    controls: NextWordControls
    z: Tensor  # (V,) logits after the text
    p: Tensor  # (V,)
    q: Tensor | None  # (V,) the truth, where it is known
    top: Tensor  # (BARS,) the most likely tokens
    frequencies: Tensor  # (V,) of n samples
    distances: dict[str, float]  # mean distance from the truth, by kind of text
    errors: Tensor  # (COUNTS,) mean sampling error of a walk's four words
    parameters: int
    notices: list[str]


def logits_of(x: Tensor, model: Decoder, logits: Logits) -> Tensor:
    if logits == "final normalisation skipped":
        return unnormalised_logits(x, model)
    if logits == "layer normalisation in its place":
        return centred_logits(x, model)
    return next_logits(x, model) + (50.0 if logits == "50 added to each" else 0.0)


@memo
def distances(logits: Logits, seed: int) -> dict[str, float]:
    model, beginnings = pretrained(CHECKPOINT), drawn(Dice(f"next word {seed}"), OF_EACH_KIND)
    with torch.inference_mode():
        p = next_probabilities(logits_of(last_residual(model, [one.text for one in beginnings]), model, logits))
    q = torch.stack([over_vocabulary(one.q, model.config.vocabulary) for one in beginnings])
    distance = total_variation(p, q)
    of_kind = {kind: torch.tensor([one.kind == kind for one in beginnings]) for kind in KINDS}
    return {kind: distance[those].mean().item() for kind, those in of_kind.items()}


def repeated(p: Tensor, n: int, repetitions: int, counted: Counted, draws: torch.Generator) -> Tensor:
    """Frequencies of n samples; or of a tenth of them, each counted ten times, so that their number is the same."""
    return frequencies(p, n if counted == "each sample once" else n // 10, repetitions, draws)


@memo
def errors(counted: Counted, seed: int) -> Tensor:
    draws, p = generator(seed), torch.tensor(STEP_ODDS, dtype=torch.double)
    return torch.stack([sampling_error(repeated(p, n, REPETITIONS, counted, draws), p) for n in COUNTS])


@torch.inference_mode()
def run(controls: NextWordControls, device: str) -> NextWordResult:
    c, model = controls, pretrained(CHECKPOINT, device)
    text = read(c.prompt, LONGEST, "prompt", device)
    words = decode(text.ids[0].tolist())
    z = logits_of(last_residual(model, [words]), model, c.logits)[0]
    p = next_probabilities(z)
    known = recognised(words)
    return NextWordResult(
        controls=c,
        z=z,
        p=p,
        q=None if known is None else over_vocabulary(known.q, len(p)),
        top=p.topk(BARS).indices,
        frequencies=repeated(p.cpu(), c.samples, 1, c.counted, generator(c.seed))[0],
        distances=distances(c.logits, c.seed),
        errors=errors(c.counted, c.seed),
        parameters=parameter_count(model),
        notices=text.notices,
    )


def names(tokens: Tensor) -> list[str]:
    return [labels()[token] for token in tokens.tolist()]


def measure(result: NextWordResult) -> Measurements:
    p = result.p
    found = {
        "sum_of_probabilities": p.sum().item(),
        "largest_probability": p.max().item(),
        "entropy_nats": entropy(p).item(),
        "distance_from_truth": sum(result.distances.values()) / len(KINDS),
        "sampling_error_here": total_variation(result.frequencies, p).item(),
        "sampling_error_at_100": result.errors[COUNTS.index(100)].item(),
        "sampling_error_at_10000": result.errors[-1].item(),
        "error_at_10000_over_100": (result.errors[-1] / result.errors[COUNTS.index(100)]).item(),
        **{f"distance_from_truth_{kind}": value for kind, value in result.distances.items()},
    }
    return found if result.q is None else found | {"distance_here": total_variation(p, result.q).item()}
