"""A text that a target continues with a draft's help; what is accepted, how many tokens a call gives, and exactness."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import TINY, ModelControls, TextModel, text_model
from models.data.corpus import Question, encoded, questions
from models.data.dice import Dice
from models.data.tiny_world import world
from models.language.exactness import ChiSquare, chi_square, verified_tokens
from models.language.held_out import packed
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw, greedy, tempered
from models.language.speculative import (
    Accept,
    Draft,
    LookupDraft,
    ModelDraft,
    Replacement,
    Round,
    acceptance,
    accepted,
    followed,
    residual,
    speculate,
    tokens_per_call,
)
from models.parameter_count import parameter_count
from models.seeding import generator
from models.serving.kv_cache import KVCache
from models.tokenization.tokenizer import END, decode, ids_of
from models.training.metrics import told_facts

LONGEST, NEW = 40, 24
ANSWERS = 16  # texts of each kind
ROWS, PREFIX, MOST = 48, 24, 8  # texts from which rounds begin, their length, and the most tokens proposed
SAMPLES, FIRST, SHOWN = 20_000, 64, 10  # sampled pairs, first tokens that are followed up, pairs shown

DraftName = Literal["a small model", "a smaller model", "a model that copies", "the text so far"]
CHECKPOINTS: dict[DraftName, str] = {
    "a small model": "draft", "a smaller model": "decoder_small", "a model that copies": "decoder_medium",
}  # fmt: skip
LOOKUP: DraftName = "the text so far"
DRAFTS: tuple[DraftName, ...] = (*CHECKPOINTS, LOOKUP)
Rule = Literal[
    "as published", "every token accepted", "the target’s p after a rejection", "the draft takes its likeliest token"
]
LIKELIEST: Rule = "the draft takes its likeliest token"
Kind = Literal["stated in training", "stated in the text", "new words"]
SOURCES: Mapping[Kind, tuple[str, Mapping[str, Any]]] = {
    "stated in the text": ("context_facts", {"people": 2}),
    "new words": ("mapping", {}),
}
KINDS: tuple[Kind, ...] = ("stated in training", "stated in the text", "new words")


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


class Pairs(NamedTuple):
    """Two tokens after a beginning, sampled many times."""

    beginning: str
    words: list[str]  # of the SHOWN likeliest pairs
    target: Tensor  # (SHOWN,) probability of each
    draft: Tensor  # (SHOWN,)
    sampled: Tensor  # (SHOWN,) share
    test: ChiSquare


class Calls(NamedTuple):
    """Rounds of a draft, begun in many texts."""

    acceptance: float  # mean over all proposed tokens
    tokens: list[float]  # per call, with 1, 2, … MOST tokens proposed


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


def always(p_x: Tensor, q_x: Tensor, u: Tensor) -> Tensor:
    return torch.ones_like(u, dtype=torch.bool)


def target_itself(p: Tensor, q: Tensor) -> Tensor:
    return p


def parts_of(rule: Rule) -> tuple[Accept, Replacement]:
    return (
        always if rule == "every token accepted" else accepted,
        target_itself if rule == "the target’s p after a rejection" else residual,
    )


def drawn_by(rule: Rule) -> Callable[[Tensor, torch.Generator], Tensor]:
    """How the draft chooses from its logits (B, V)."""
    return (lambda z, _: greedy(z)) if rule == LIKELIEST else draw


def draft_of(c: SpeculativeControls, reader: TextModel, device: str) -> Draft:
    if c.draft == LOOKUP:
        return LookupDraft(reader.decoder.config.vocabulary)
    return ModelDraft(pretrained(CHECKPOINTS[c.draft], device), c.temperature, drawn_by(c.rule))


def target_model(device: str) -> TextModel:
    return text_model(TINY, device)


@memo
def stated_often() -> list[Question]:
    return told_facts("often")


def questions_of(kind: Kind, seed: int) -> list[Question]:
    if kind == "stated in training":
        known = stated_often()
        chosen = torch.randperm(len(known), generator=generator(seed))[:ANSWERS]
        return [known[int(at)] for at in chosen]
    source, options = SOURCES[kind]
    return [encoded(sample) for sample in questions(source, ANSWERS, seed, "held_out", **options)]


@memo
@torch.inference_mode()
def asked(kind: Kind, seed: int, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Texts (B, T), where answers are to be said (N, 2), and the target's logits there (N, V)."""
    found = questions_of(kind, seed)
    ids = pad_sequence([torch.as_tensor(one.ids) for one in found], batch_first=True).to(device)
    where = torch.tensor(
        [(row, at - 1) for row, one in enumerate(found) for a in one.answers for at in range(a.start, a.stop)]
    )
    return ids, where, target_model(device).decoder(ids)[0][where[:, 0], where[:, 1]]


@memo
@torch.inference_mode()
def at_answers(draft: DraftName, kind: Kind, temperature: float, seed: int, device: str) -> float:
    """Mean expected acceptance at the answers of that kind."""
    ids, where, z = asked(kind, seed, device)
    p = tempered(z, temperature).softmax(dim=-1)
    if draft == LOOKUP:
        q = torch.zeros_like(p)
        for row, (text, at) in zip(q, where.tolist(), strict=True):
            row[followed(ids[text, : at + 1].tolist(), 1)] = 1
    else:
        logits = pretrained(CHECKPOINTS[draft], device)(ids)[0]
        q = tempered(logits[where[:, 0], where[:, 1]], temperature).softmax(dim=-1)
    return acceptance(p, q).mean().item()


@memo
@torch.inference_mode()
def beginnings(seed: int, device: str) -> tuple[Tensor, KVCache]:
    """ROWS held-out texts (ROWS, PREFIX), and the target's cache of all of them but their last tokens."""
    rows = packed("recall", "evaluation", seed, ROWS, PREFIX).to(device)
    cache = target_model(device).decoder.new_cache()
    target_model(device).decoder(rows[:, :-1], cache)
    return rows, cache


@memo
@torch.inference_mode()
def acceptances(draft: DraftName, temperature: float, seed: int, device: str) -> Tensor:
    """min(1, p / q) of MOST tokens proposed after each of ROWS held-out texts, 0 where none was: (ROWS, MOST)."""
    ids, cache = beginnings(seed, device)
    tokens, q = proposed(draft, ids, temperature, generator(seed), device)
    new = torch.cat([ids[:, -1:], tokens[:, :-1].clamp(min=0)], dim=1)
    z = target_model(device).decoder(new, copy.deepcopy(cache))[0]  # (ROWS, MOST, V)
    p = tempered(z, temperature).softmax(dim=-1).gather(-1, tokens.clamp(min=0)[..., None])[..., 0]
    return torch.where(tokens < 0, 0.0, (p / q).clamp(max=1))


def proposed(
    draft: DraftName, ids: Tensor, temperature: float, dice: torch.Generator, device: str
) -> tuple[Tensor, Tensor]:
    """Tokens (B, MOST) after each text, −1 for none, and the probability (B, MOST) that the draft gave each."""
    if draft == LOOKUP:
        found = [followed(text, MOST) for text in ids.tolist()]
        tokens = torch.tensor([[*row, *[-1] * (MOST - len(row))] for row in found], device=device)
        return tokens, torch.ones_like(tokens, dtype=torch.float)
    model = pretrained(CHECKPOINTS[draft], device)
    cache, new, drawn, shares = model.new_cache(), ids, [], []
    for _ in range(MOST):
        z = tempered(model(new, cache)[0][:, -1], temperature)
        new = draw(z, dice)[:, None]
        drawn.append(new)
        shares.append(z.softmax(dim=-1).gather(1, new))
    return torch.cat(drawn, dim=1), torch.cat(shares, dim=1)


def calls(draft: DraftName, temperature: float, seed: int, device: str) -> Calls:
    a = acceptances(draft, temperature, seed, device).cpu()
    return Calls(a.mean().item(), (1 + a.cumprod(dim=1).cumsum(dim=1).mean(dim=0)).tolist())


@memo
@torch.inference_mode()
def tables(draft: DraftName, temperature: float, seed: int, device: str) -> tuple[str, Tensor, Tensor, Tensor, Tensor]:
    """A name; after it p, q (V,); after each of the FIRST likeliest tokens behind it p, q (FIRST, V)."""
    people = sorted({fact.subject for fact in world().facts if fact.relation == "home"})
    word = Dice(f"speculative {seed}").pick(people)
    ids = torch.tensor([[END, *ids_of(word)]], device=device)
    target = target_model(device).decoder
    p0 = tempered(target(ids)[0][0, -1], temperature).softmax(dim=-1)
    rows = torch.cat([ids.expand(FIRST, -1), p0.topk(FIRST).indices[:, None]], dim=1)
    p1 = tempered(target(rows)[0][:, -1], temperature).softmax(dim=-1)
    if draft == LOOKUP:
        q0, q1 = torch.zeros_like(p0), torch.zeros_like(p1)  # so short a text repeats nothing
        for row, text in zip(q1, rows.tolist(), strict=True):
            row[followed(text, 1)] = 1
    else:
        model = pretrained(CHECKPOINTS[draft], device)
        q0, q1 = (tempered(model(at)[0][:, -1], temperature).softmax(dim=-1) for at in (ids, rows))
        q0 = q0[0]
    return word, p0, q0, p1, q1


@memo
def pairs(draft: DraftName, rule: Rule, temperature: float, seed: int, device: str) -> Pairs:
    """SAMPLES texts of two tokens, each token tested as the rule says, beside the target's probabilities."""
    word, *found = tables(draft, temperature, seed, device)
    p0, q0, p1, q1 = (part.double().cpu() for part in found)
    dice, (accept, replacement) = generator(seed), parts_of(rule)

    def some(p: Tensor, q: Tensor, count: int) -> Tensor:
        if not q.any():  # nothing is proposed: the call gives the target's own token
            return torch.multinomial(p, count, replacement=True, generator=dice)
        x = q.argmax().expand(count) if rule == LIKELIEST else torch.multinomial(q, count, True, generator=dice)
        return verified_tokens(p, q, x, dice, accept, replacement)

    first, likeliest = some(p0, q0, SAMPLES), p0.topk(FIRST).indices
    counts = torch.zeros_like(p1)  # (FIRST, V)
    for row, token in enumerate(likeliest.tolist()):
        count = int((first == token).sum())
        if count:
            counts[row] = some(p1[row], q1[row], count).bincount(minlength=p1.shape[1])
    expected = SAMPLES * p0[likeliest, None] * p1
    others = SAMPLES - torch.stack([counts.sum(), expected.sum()])
    test_found = chi_square(*(torch.cat([t.flatten(), other[None]]) for t, other in zip((counts, expected), others)))
    top = expected.flatten().topk(SHOWN).indices
    behind, token = top // p1.shape[1], top % p1.shape[1]
    return Pairs(
        word,
        [decode([int(likeliest[r]), int(t)]) for r, t in zip(behind, token)],
        expected.flatten()[top] / SAMPLES,
        q0[likeliest[behind]] * q1[behind, token],
        counts.flatten()[top] / SAMPLES,
        test_found,
    )


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
        answers={kind: at_answers(c.draft, kind, c.temperature, c.seed, device) for kind in KINDS},
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
