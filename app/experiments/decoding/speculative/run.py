"""A text that a target continues with a draft's help; what is accepted, how many tokens a call gives, and exactness."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.decoding.questions import Kind
from app.experiments.decoding.speculative.drafts import (
    CHECKPOINTS,
    DRAFTS,
    LOOKUP,
    MOST,
    Calls,
    DraftName,
    at_answers,
    calls,
)
from app.experiments.decoding.speculative.pairs import LIKELIEST, Pairs, Rule, pairs, parts_of
from app.experiments.text_model import ModelControls, TextModel, text_model
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw, greedy
from models.language.speculative import Draft, LookupDraft, ModelDraft, Round, speculate, tokens_per_call
from models.parameter_count import parameter_count
from models.seeding import generator

LONGEST, NEW = 40, 24


class SpeculativeControls(ModelControls):
    prompt: Sentence = Field(
        "Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Prompt", description="The target continues it"
    )
    draft: DraftName = Field("a small model", title="Draft", description="What proposes tokens")
    drafted: int = Field(4, ge=1, le=MOST, title="Tokens proposed γ", description="For one call of the target")
    rule: Rule = Field("as published", title="Test of a token")
    cost: float = Field(
        0.15, ge=0, le=1, multiple_of=0.01, title="Cost of a draft call c", description="In calls of the target"
    )
    temperature: float = Field(1, ge=0.1, le=2, multiple_of=0.1, title="Temperature τ", json_schema_extra=MORE)


class SpeculativeResult(NamedTuple):
    controls: SpeculativeControls
    rounds: list[Round]
    proposed: list[list[str]]  # labels of each round's proposed tokens
    own: list[str]  # label of the target's own token in each round
    answers: dict[Kind, float]  # expected acceptance at answers; empty for a published model, like all below
    calls: dict[DraftName, Calls]
    pairs: Pairs | None
    parameters: int
    notices: list[str]


def drawn_by(rule: Rule) -> Callable[[Tensor, torch.Generator], Tensor]:
    """How the draft chooses from its logits (B, V)."""
    return (lambda z, _: greedy(z)) if rule == LIKELIEST else draw


def draft_of(c: SpeculativeControls, reader: TextModel, device: str) -> Draft:
    if c.draft == LOOKUP:
        return LookupDraft(reader.decoder.config.vocabulary)
    return ModelDraft(pretrained(CHECKPOINTS[c.draft], device), c.temperature, drawn_by(c.rule))


@torch.inference_mode()
def run(controls: SpeculativeControls, device: str) -> Iterator[SpeculativeResult]:
    c, notices = controls, []
    if c.published and c.draft != LOOKUP:
        notices.append(f"draft: no small model has the vocabulary of {c.model}, so the text so far proposes")
        c = c.model_copy(update={"draft": LOOKUP})
    reader = text_model(c.model, device)
    prompt = reader.read(c.prompt, LONGEST, "prompt")
    accept, replacement = parts_of(c.rule)
    rounds = list(
        speculate(
            reader.decoder, prompt.ids[0], NEW, draft_of(c, reader, device), c.drafted, c.temperature,
            generator(c.seed), accept, replacement,
        )
    )  # fmt: skip
    result = SpeculativeResult(
        c,
        rounds,
        [[reader.label(token) for token in one.proposed.tolist()] for one in rounds],
        [reader.label(one.own) for one in rounds],
        {},
        {},
        None,
        parameter_count(reader.decoder),
        [*prompt.notices, *notices],
    )
    if c.published:
        yield result
        return
    result = result._replace(
        answers={kind: at_answers(c.draft, kind, c.temperature, c.seed, device) for kind in get_args(Kind)},
        pairs=pairs(c.draft, c.rule, c.temperature, c.seed, device),
    )
    found: dict[DraftName, Calls] = {}
    for name in (c.draft, *(other for other in DRAFTS if other != c.draft)):
        found[name] = calls(name, c.temperature, c.seed, device)
        yield result._replace(calls=dict(found))


def measure(result: SpeculativeResult) -> Measurements:
    new, made = sum(len(one.tokens) for one in result.rounds), len(result.rounds)
    found: dict[str, float] = {
        "shown_tokens": new,
        "shown_target_calls": made,
        "shown_tokens_per_call": new / made,
        "shown_accepted_share": sum(one.kept for one in result.rounds)
        / max(sum(len(one.proposed) for one in result.rounds), 1),
    }
    if result.pairs is None:
        return found
    c, own = result.controls, result.calls[result.controls.draft]
    answers = result.answers
    per_call = own.tokens[c.drafted - 1]
    return found | {
        "temperature": c.temperature,
        "acceptance_stated_in_training": answers["stated in training"],
        "acceptance_stated_in_the_text": answers["stated in the text"],
        "acceptance_of_new_words": answers["new words"],
        "acceptance_lost_in_the_text": answers["stated in training"] - answers["stated in the text"],
        "mean_acceptance": own.acceptance,
        "tokens_per_call": per_call,
        "tokens_per_call_at_8": own.tokens[-1],
        "tokens_per_call_by_formula": float(tokens_per_call(own.acceptance, c.drafted)),
        "modelled_speed_up": per_call / (c.drafted * (0 if c.draft == LOOKUP else c.cost) + 1),
        "chi_square_per_degree": result.pairs.test.per_degree,
        "chi_square_degrees": result.pairs.test.degrees,
    }
