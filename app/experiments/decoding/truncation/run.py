"""Temperature, top-k, top-p and min-p where the possible next words are known: what is kept, and what is sampled."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.decoding.truncation.contexts import (
    CHECKPOINT,
    KINDS,
    Contexts,
    Fit,
    contexts,
    fit_of,
    follows,
    mean,
)
from app.experiments.decoding.truncation.pipeline import Order, Pipeline, Rule, by_entropy, stages
from app.experiments.decoding.truncation.sweeps import SWEPT, best_misfits, swept
from models.data.dice import Dice
from models.data.kinds.chance import successors
from models.data.known_chance import crowd, walk
from models.language.generation import continuation
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw
from models.language.truncation import top_each
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import END, decode, ids_of

SAMPLES, NEW_WORDS, BARS = 64, 7, 14


class TruncationControls(Controls):
    context: Literal["walks", "crowd", "trades", "hiring"] = Field(
        "walks", title="Kind of text", description="4, 72, 2 and 2 possible next words"
    )
    temperature: float = Field(1, ge=0.1, le=4, multiple_of=0.1, title="Temperature τ")
    k: int = Field(0, ge=0, le=100, title="Top-k", description="0: off")
    p: float = Field(1, ge=0.05, le=1, multiple_of=0.01, title="Top-p", description="1: off")
    min_p: float = Field(0, ge=0, le=0.5, multiple_of=0.01, title="Min-p", description="0: off")
    order: Order = Field("temperature first", title="Order of the steps")
    rule: Rule = Field("as published", title="Rule", json_schema_extra=MORE)
    swept: Literal["k", "p", "min-p", "temperature"] = Field(
        "p", title="Third figure over", description="A rule’s values, or the temperature", json_schema_extra=MORE
    )

    @property
    def pipeline(self) -> Pipeline:
        return Pipeline(self.temperature, self.k, self.p, self.min_p, self.order, self.rule)


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


@torch.inference_mode()
def sampled(c: TruncationControls, given: Contexts, device: str) -> tuple[list[str], list[bool]]:
    """Texts that the pipeline samples, of walks or crowds, and whether each is possible."""
    kind = c.context if c.context in ("walks", "crowd") else "walks"
    dice = Dice(f"samples {c.seed}")
    start = walk([dice.pick(tuple(successors(0)))]) if kind == "walks" else crowd([])
    ids = torch.tensor([[END, *ids_of(start.text)]], device=device).expand(SAMPLES, -1)
    chance = generator(c.seed + (1 if c.rule == "another generator" else 0))

    def chosen(z: Tensor, _: Tensor) -> Tensor:
        cut = list(stages(c.pipeline, z.double().cpu(), given.logits).values())[-1]
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
    every = stages(c.pipeline, given.logits, given.logits)
    *_, cut = every.values()
    *_, at_one = stages(c.pipeline._replace(temperature=1.0), given.logits, given.logits).values()
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
