"""Temperature, top-k, top-p and min-p where the possible next words are known: what is kept, and what is sampled."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.kinds.chance import CROWD, successors
from models.data.known_chance import Beginning, crowd, drawn, walk
from models.language.generation import continuation
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw, min_p, tempered, top_k, top_p
from models.language.truncation import (
    choices_by_entropy,
    epsilon,
    impossible_mass,
    matched_threshold,
    misfit,
    misfit_of_first,
    nucleus_without_crossing,
    top_each,
)
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import END, decode, ids_of

CHECKPOINT = "chance_decoder"
CONTEXTS = 16  # of each kind
KINDS = ("hiring", "trades", "walks", "crowd")
SAMPLES, NEW_WORDS, BARS = 64, 7, 14
SWEPT: Mapping[str, tuple[float, ...]] = {
    "k": (1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 72, 100),
    "p": (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99, 0.999),
    "min-p": (0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5),
}

TEMPERATURES = (0.5, 0.7, 1.0, 1.3, 1.5, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0)

Rule = Literal[
    "as published", "k by entropy", "k by entropy, shuffled", "k by entropy, shuffled within a kind",
    "crossing token dropped", "one threshold for all contexts", "generator restarted", "another generator",
]  # fmt: skip


class TruncationControls(Controls):
    context: Literal["walks", "crowd", "trades", "hiring"] = Field(
        "walks", title="Kind of text", description="4, 72, 2 and 2 possible next words"
    )
    temperature: float = Field(1, ge=0.1, le=4, multiple_of=0.1, title="Temperature τ")
    k: int = Field(0, ge=0, le=100, title="Top-k", description="0: off")
    p: float = Field(1, ge=0.05, le=1, multiple_of=0.01, title="Top-p", description="1: off")
    min_p: float = Field(0, ge=0, le=0.5, multiple_of=0.01, title="Min-p", description="0: off")
    order: Literal["temperature first", "filters first"] = Field("temperature first", title="Order of the steps")
    rule: Rule = Field("as published", title="Rule", json_schema_extra=MORE)
    swept: Literal["k", "p", "min-p", "temperature"] = Field(
        "p", title="Third figure over", description="A rule’s values, or the temperature", json_schema_extra=MORE
    )


class Contexts(NamedTuple):
    """Beginnings of texts, in the order of their kinds, and what may follow."""

    beginnings: tuple[Beginning, ...]
    logits: Tensor  # (B, V)
    truth: Tensor  # (B, V) true probability of each token

    @property
    def possible(self) -> Tensor:
        return self.truth > 0

    def of(self, kind: str) -> Tensor:
        return torch.tensor([one.kind == kind for one in self.beginnings])


class Fit(NamedTuple):
    """How a cut fits, for each kind of context: mean over its contexts."""

    misfit: dict[str, float]
    kept: dict[str, float]  # tokens
    impossible: dict[str, float]  # probability
    options_kept: dict[str, float]  # share of the possible tokens


class TruncationResult(NamedTuple):
    controls: TruncationControls
    text: str  # the context shown
    words: list[str]  # of its BARS likeliest tokens
    before: Tensor  # (BARS,) their probabilities, uncut
    after: Tensor  # (BARS,) after all filters, 0 where cut
    cut: Tensor  # (V,) logits after all filters
    shown: Tensor  # (BARS,) which tokens these are
    truth: Tensor  # (BARS,)
    stages: dict[str, int]  # filter → tokens that survive it, in the context shown
    replaced: float  # tokens kept now that are cut at temperature 1, mean over contexts
    fit: Fit
    entropy_misfit: float  # of one k per context, chosen by its entropy
    sweeps: dict[str, list[dict[str, float]]]  # rule → misfit by kind at each of SWEPT
    best: dict[str, list[float]]  # rule → smallest mean misfit at each of TEMPERATURES, if these are compared
    samples: list[str]
    possible: list[bool]  # whether every word of a sample may follow
    parameters: int


@memo
def contexts(seed: int, device: str) -> Contexts:
    """Beginnings of each kind, read by the model."""
    found = sorted(drawn(Dice(f"truncation {seed}"), CONTEXTS), key=lambda one: KINDS.index(one.kind))
    rows = [torch.tensor([END, *ids_of(one.text)]) for one in found]
    ends = torch.tensor([len(row) - 1 for row in rows])
    with torch.inference_mode():
        logits, _ = pretrained(CHECKPOINT, device)(pad_sequence(rows, batch_first=True).to(device))
    z = logits[torch.arange(len(rows)), ends].double().cpu()
    truth = torch.zeros_like(z)
    for row, one in zip(truth, found, strict=True):
        for word, probability in one.q.items():
            row[ids_of(word)[0]] += probability
    return Contexts(tuple(found), z, truth)


def by_entropy(rule: Rule, z: Tensor) -> Tensor:
    """How many tokens each context keeps, (B,): by its own entropy, or by that of another context."""
    k = choices_by_entropy(z)
    if rule == "k by entropy, shuffled":
        return k.roll(len(z) // 2 + 1)
    if rule == "k by entropy, shuffled within a kind":
        return k.unflatten(0, (len(KINDS), -1)).roll(1, dims=1).flatten()
    return k


def filters(c: TruncationControls, reference: Tensor) -> list[tuple[str, Callable[[Tensor], Tensor]]]:
    """The filters that are on, in their order; ``reference`` (B, V) are logits on which a threshold is matched."""
    found: list[tuple[str, Callable[[Tensor], Tensor]]] = []
    if c.rule.startswith("k by entropy"):
        found.append(("top-k", lambda z: top_each(z, by_entropy(c.rule, z))))
    elif c.k:
        found.append(("top-k", lambda z: top_k(z, c.k)))
    if c.p < 1:
        cut = nucleus_without_crossing if c.rule == "crossing token dropped" else top_p
        found.append(("top-p", lambda z: cut(z, c.p)))
    if c.min_p and c.rule == "one threshold for all contexts":
        threshold = matched_threshold(
            reference, min_p(reference, c.min_p).isfinite().sum(dim=-1).double().mean().item()
        )
        found.append(("one threshold", lambda z: epsilon(z, threshold)))
    elif c.min_p:
        found.append(("min-p", lambda z: min_p(z, c.min_p)))
    return found


def stages(c: TruncationControls, z: Tensor, reference: Tensor) -> dict[str, Tensor]:
    """Logits (B, V) before the filters and after each, all at the temperature in the end."""
    first = c.order == "temperature first"
    warm = tempered(z, c.temperature)
    current, found = (warm if first else z), {"all": warm}
    for name, cut in filters(c, tempered(reference, c.temperature) if first else reference):
        current = cut(current)
        found[name] = current if first else tempered(current, c.temperature)
    return found


def fit_of(given: Contexts, z: Tensor) -> Fit:
    """How cut logits (B, V) fit the contexts."""
    kept, possible = z.isfinite(), given.possible
    each = {
        "misfit": misfit(kept, possible),
        "kept": kept.sum(dim=-1),
        "impossible": impossible_mass(z, possible),
        "options": (kept & possible).sum(dim=-1) / possible.sum(dim=-1),
    }
    return Fit(*({kind: one[given.of(kind)].double().mean().item() for kind in KINDS} for one in each.values()))


class Ranked(NamedTuple):
    """The tokens of each context, the likeliest first: what every rule keeps is the beginning of it."""

    logits: Tensor  # (B, V)
    possible: Tensor  # (B, V)
    kinds: dict[str, Tensor]  # (B,) bool


@memo
def ranked(seed: int, device: str) -> Ranked:
    given = contexts(seed, device)
    z, order = given.logits.sort(dim=-1, descending=True, stable=True)
    return Ranked(z, given.possible.gather(1, order), {kind: given.of(kind) for kind in KINDS})


def swept(rule: str, temperature: float, order: str, seed: int, device: str) -> list[dict[str, float]]:
    """Misfit of that rule alone at each of its values; it does not see a temperature that comes after it."""
    return misfits(rule, temperature if order == "temperature first" else 1.0, seed, device)


@memo
def misfits(rule: str, temperature: float, seed: int, device: str) -> list[dict[str, float]]:
    given = ranked(seed, device)
    p = tempered(given.logits, temperature).softmax(dim=-1)
    before = p.cumsum(dim=-1) - p
    kept: Callable[[float], Tensor] = {
        "k": lambda k: torch.full((len(p),), int(k)),
        "p": lambda mass: (before < mass).sum(dim=-1),
        "min-p": lambda share: (p >= share * p[:, :1]).sum(dim=-1),
    }[rule]
    found = [misfit_of_first(given.possible, kept(value)) for value in SWEPT[rule]]
    return [{kind: one[rows].mean().item() for kind, rows in given.kinds.items()} for one in found]


def best_misfits(rule: str, order: str, seed: int, device: str) -> list[float]:
    """The smallest mean misfit of that rule at each of TEMPERATURES."""
    return [min(map(mean, swept(rule, temperature, order, seed, device))) for temperature in TEMPERATURES]


def mean(by_kind: Mapping[str, float]) -> float:
    return sum(by_kind.values()) / len(by_kind)


def follows(kind: str, words: Sequence[str]) -> bool:
    """Whether each word may stand behind the one before it; ``words`` begin with the last of the prompt."""
    if kind == "crowd":
        return all(word in CROWD for word in words[1:])
    known = successors(0)
    return all(after in known.get(before, ()) for before, after in pairwise(words))


@torch.inference_mode()
def sampled(c: TruncationControls, given: Contexts, device: str) -> tuple[list[str], list[bool]]:
    """Texts that the pipeline samples, of walks or crowds, and whether each is possible."""
    kind = c.context if c.context in ("walks", "crowd") else "walks"
    dice = Dice(f"samples {c.seed}")
    start = walk([dice.pick(tuple(successors(0)))]) if kind == "walks" else crowd([])
    ids = torch.tensor([[END, *ids_of(start.text)]], device=device).expand(SAMPLES, -1)
    chance = generator(c.seed + (1 if c.rule == "another generator" else 0))

    def chosen(z: Tensor, _: Tensor) -> Tensor:
        cut = list(stages(c, z.double().cpu(), given.logits).values())[-1]
        if c.rule != "generator restarted":
            return draw(cut, chance).to(device)
        state = chance.get_state()
        found = []
        for row in cut:
            chance.set_state(state)
            found.append(draw(row[None], chance))
        return torch.cat(found).to(device)

    new = continuation(pretrained(CHECKPOINT, device), ids, NEW_WORDS, chosen).tolist()
    texts = [decode(row) for row in new]
    last = start.text.split()[-1:]
    return [f"{start.text} {text}" for text in texts], [follows(kind, last + text.split()) for text in texts]


def run(controls: TruncationControls, device: str) -> TruncationResult:
    c, given = controls, contexts(controls.seed, device)
    every = stages(c, given.logits, given.logits)
    *_, cut = every.values()
    *_, at_one = stages(c.model_copy(update={"temperature": 1.0}), given.logits, given.logits).values()
    shown = int(given.of(c.context).nonzero()[0])
    top = every["all"][shown].topk(BARS).indices
    texts, possible = sampled(c, given, device)
    return TruncationResult(
        c,
        given.beginnings[shown].text,
        [decode([token]) for token in top.tolist()],
        every["all"][shown].softmax(dim=-1)[top],
        cut[shown].softmax(dim=-1)[top],
        cut[shown],
        top,
        given.truth[shown][top],
        {name: int(z[shown].isfinite().sum()) for name, z in every.items()},
        (cut.isfinite() & ~at_one.isfinite()).sum(dim=-1).double().mean().item(),
        fit_of(given, cut),
        mean(fit_of(given, top_each(every["all"], by_entropy(c.rule, every["all"]))).misfit),
        {rule: swept(rule, c.temperature, c.order, c.seed, device) for rule in SWEPT},
        {rule: best_misfits(rule, c.order, c.seed, device) for rule in SWEPT} if c.swept == "temperature" else {},
        texts,
        possible,
        parameter_count(pretrained(CHECKPOINT, device)),
    )


def measure(result: TruncationResult) -> Measurements:
    fit = result.fit
    best = {rule: min(map(mean, line)) for rule, line in result.sweeps.items()}
    chosen = result.controls.rule.startswith("k by entropy")
    return {
        "misfit": mean(fit.misfit),
        "k_by_entropy_misfit": result.entropy_misfit,
        "best_k_misfit": mean(fit.misfit) if chosen else best["k"],
        "best_k": SWEPT["k"][min(range(len(SWEPT["k"])), key=lambda at: mean(result.sweeps["k"][at]))],
        "best_p_misfit": best["p"],
        "best_min_p_misfit": best["min-p"],
        "top_p_gain_over_top_k": best["k"] - best["p"],
        "min_p_gain_over_top_p": best["p"] - best["min-p"],
        "temperature": result.controls.temperature,
        "impossible_share": mean(fit.impossible),
        "kept_tokens": mean(fit.kept),
        "kept_set_changes": result.replaced,
        **{f"{kind}_kept_tokens": fit.kept[kind] for kind in KINDS},
        **{f"{kind}_options_kept_share": fit.options_kept[kind] for kind in KINDS},
        "distinct_samples": len(set(result.samples)),
        "possible_samples_share": sum(result.possible) / len(result.possible),
        "distinct_possible_samples": len(
            {text for text, fits in zip(result.samples, result.possible, strict=True) if fits}
        ),
        "shown_kept_tokens": list(result.stages.values())[-1],
    }
