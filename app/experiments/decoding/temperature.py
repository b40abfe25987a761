"""One prompt at any temperature: the next token's probabilities, sampled sentences, and how many of them are true."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Experiment, Figure, Figures, Measurements, Sentence
from app.experiments.reading import read_document
from models.data.dice import Dice
from models.data.kinds.facts import STATEMENTS
from models.data.tiny_world import world
from models.data.words import RESIDENTS
from models.language.generation import continuation
from models.language.pretrained import pretrained
from models.language.sampling import draw as draw_token
from models.language.tokenizer import END, decode, ids_of, labels
from models.layers.softmax import entropy
from models.seeding import generator
from visualizers.distribution import bars
from visualizers.sentences import sentences
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, FAILED, HELD, INK_3

LONGEST, BARS, SAMPLES, NEW_TOKENS, NAMES = 32, 10, 9, 8, 20
TEMPERATURES = (0.05, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)
COLDEST, HOTTEST = 0.001, 1000.0  # as good as 0 and as infinity
FULL_STOP = ids_of(".")[0]
FORMS = [
    (relation, re.compile(form.removesuffix(" .").format(r"(\w+)", r"(\w+)")))
    for relation, forms in STATEMENTS.items()
    for form in forms
]


class TemperatureControls(Controls):
    prompt: Sentence = Field("Mia", title="Prompt", description="Read by the model after <|end|>, as in its training")
    temperature: float = Field(
        1.0, ge=0.05, le=5, multiple_of=0.05, title="Temperature", json_schema_extra={"log": True}
    )
    divide: Literal["logits", "probabilities"] = Field(
        "logits", title="Divide", description="What the temperature divides"
    )


class Quality(NamedTuple):
    """What the model does after names of the world, at every one of TEMPERATURES."""

    entropy: Tensor  # (temperatures,) mean nats of the token after the name
    verdicts: dict[str, Tensor]  # verdict → (temperatures,) share of the sampled sentences
    from_greedy: float  # largest distance from the greedy choice at COLDEST, 0 to 1
    from_uniform: float  # largest distance from even shares at HOTTEST


class TemperatureResult(NamedTuple):
    controls: TemperatureControls
    logits: Tensor  # (V,) after the prompt
    p: Tensor  # (V,) at the temperature
    samples: list[str]
    quality: Quality
    parameters: int
    notices: list[str]


def heated(z: Tensor, temperature: Tensor | float, divide: str) -> Tensor:
    """Logits at a temperature. To divide probabilities and let them add up to one again leaves them as they were."""
    if divide == "logits":
        return z / temperature
    return (z.softmax(dim=-1) / temperature).log()


def verdict(sentence: str) -> str:
    """true or false where the sentence states a fact of the tiny world, else neither."""
    for relation, form in FORMS:
        if found := form.fullmatch(sentence.strip().removesuffix(" .")):
            try:
                return "true" if world().of(relation, found[1]).value == found[2] else "false"
            except KeyError:  # of someone or something that the world knows nothing about
                return "neither"
    return "neither"


def last_sentence(ids: Sequence[int], prompt: int) -> str:
    """The sentence that the first ``prompt`` tokens began and the others went on with, to its full stop."""
    ended = [at for at, token in enumerate(ids) if token == FULL_STOP]
    end = next((at + 1 for at in ended if at >= prompt), len(ids))
    start = max((at + 1 for at in ended if at < prompt), default=1)  # token 0 is the end of another text
    return decode(ids[start:end])


@lru_cache(maxsize=16)
def quality(seed: int, divide: str, device: str) -> Quality:
    """Sentences that begin with names drawn by the seed, sampled at every temperature."""
    model, draws = pretrained("decoder", device), generator(seed)
    names = Dice(f"temperature {seed}").some(RESIDENTS, NAMES)
    starts = torch.tensor([[END, *ids_of(name)] for name in names], device=device)  # (N, 2)
    z = model(starts)[0][:, -1]  # (N, V)
    hot = torch.tensor(TEMPERATURES, device=device)[:, None, None]
    rows = starts.repeat(len(TEMPERATURES), 1)
    row_temperature = hot.expand(-1, NAMES, 1).reshape(-1, 1)
    new = continuation(
        model, rows, NEW_TOKENS, lambda logits, _: draw_token(heated(logits, row_temperature, divide), draws)
    )
    said = [verdict(last_sentence(row, 2)) for row in torch.cat([rows, new], dim=1).tolist()]
    cold, warm = (heated(z, t, divide).softmax(dim=-1) for t in (COLDEST, HOTTEST))
    return Quality(
        entropy(heated(z, hot, divide).softmax(dim=-1)).mean(dim=-1),
        {
            kind: torch.tensor([word == kind for word in said]).view(-1, NAMES).float().mean(dim=-1)
            for kind in ("true", "false", "neither")
        },
        (1 - cold.gather(1, z.argmax(dim=-1, keepdim=True))).max().item(),
        (warm - 1 / z.shape[-1]).abs().sum(dim=-1).max().item() / 2,
    )


@torch.no_grad()
def run(controls: TemperatureControls, device: str) -> TemperatureResult:
    model, draws = pretrained("decoder", device), generator(controls.seed)
    prompt = read_document(controls.prompt, LONGEST, "prompt", device)
    z = model(prompt.ids)[0][0, -1]
    rows = prompt.ids.expand(SAMPLES, -1)
    new = continuation(
        model,
        rows,
        NEW_TOKENS,
        lambda logits, _: draw_token(heated(logits, controls.temperature, controls.divide), draws),
    )
    return TemperatureResult(
        controls,
        z,
        heated(z, controls.temperature, controls.divide).softmax(dim=-1),
        [last_sentence(row, rows.shape[1]) for row in torch.cat([rows, new], dim=1).tolist()],
        quality(controls.seed, controls.divide, device),
        sum(parameter.numel() for parameter in model.parameters()),
        prompt.notices,
    )


def nearest(temperature: float) -> int:
    return int(np.abs(np.log(np.array(TEMPERATURES) / temperature)).argmin())


def measure(result: TemperatureResult) -> Measurements:
    q, at = result.quality, nearest(result.controls.temperature)
    true = q.verdicts["true"]
    nats = entropy(result.p).item()
    return {
        "entropy_nats": nats,
        "effective_choices": float(np.exp(nats)),
        "largest_probability": result.p.max().item(),
        "distinct_samples": len(set(result.samples)),
        "true_share": true[at].item(),
        "false_share": q.verdicts["false"][at].item(),
        "truth_lost_to_heat": (true[TEMPERATURES.index(0.25)] - true[TEMPERATURES.index(2.0)]).item(),
        "smallest_entropy_rise_nats": q.entropy.diff().min().item(),
        "distance_from_greedy_near_0": q.from_greedy,
        "distance_from_uniform_near_infinity": q.from_uniform,
        "distance_from_limits": max(q.from_greedy, q.from_uniform),
    }


SIGNS = {"true": (HELD, "circle"), "false": (FAILED, "diamond-open"), "neither": (INK_3, "line-ew-open")}


def draw(result: TemperatureResult) -> Figures:
    controls, numbers, q = result.controls, measure(result), result.quality
    t, vocabulary = controls.temperature, len(result.logits)
    top = result.logits.topk(BARS).indices
    judged = [(sentence, verdict(sentence)) for sentence in result.samples]
    count = {kind: sum(kind == found for _, found in judged) for kind in SIGNS}
    grid = np.array(TEMPERATURES)
    return {
        "distribution": Figure(
            title=f"The next token at temperature {t:g}",
            caption="The likeliest tokens of this prompt, in the order of their logits, which temperature never changes.",
            text=(
                f"{labels()[top[0]]} has {numbers['largest_probability']:.1%}; the entropy of {numbers['entropy_nats']:.3g} nats is that"
                f" of an even choice between {numbers['effective_choices']:.3g} of {vocabulary:,} tokens."
            ),
            plot=bars(result.p[top].numpy(), labels=[labels()[token] for token in top], y_range=(0, 1.12)),
            height=290,
            half=True,
        ),
        "samples": Figure(
            title=f"{SAMPLES} sentences drawn at temperature {t:g}",
            caption="{held|True} in the tiny world, {failed|false}, or {ink-3|neither}: nothing that it knows of.",
            text=f"Of these {SAMPLES} sentences {count['true']} are true, {count['false']} false, and {numbers['distinct_samples']} are different.",
            plot=sentences(judged, SIGNS),
            height=290,
            half=True,
        ),
        "quality": Figure(
            title="From greedy to uniform",
            caption=f"Means over {NAMES} names. Below, the share of sampled sentences that are {{held|true}}, {{failed|false}}, {{ink-3|neither}}.",
            text=(
                f"Near temperature 0 the draw is within {numbers['distance_from_greedy_near_0']:.2g} of greedy, near infinity within"
                f" {numbers['distance_from_uniform_near_infinity']:.2g} of uniform. At the grid's temperature nearest to yours,"
                f" {numbers['true_share']:.1%} of the sentences are true and {numbers['false_share']:.1%} false."
            ),
            plot=strips(
                [
                    Strip("entropy of the next token, nats", {"entropy": (grid, q.entropy.numpy())}, y_range=(0, float(np.log(vocabulary))), colours=(ACCENT,)),
                    Strip("share of sentences", {kind: (grid, share.numpy()) for kind, share in q.verdicts.items()}, y_range=(-0.04, 1.06), colours=(HELD, FAILED, INK_3)),
                ],
                x_title="temperature", marks={"yours": t}, x_log=True,
            ),
            height=330,
        ),
    }  # fmt: skip


EXPERIMENT = Experiment(
    "temperature", TemperatureControls, run, measure, draw,
    badge="trained toy", parameters=lambda result: result.parameters, notices=lambda result: result.notices,
)  # fmt: skip
