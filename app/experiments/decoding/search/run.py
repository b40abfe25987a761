"""Greedy decoding and beam search: one prompt as a tree of texts, and 48 prompts at every width."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import Field

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.decoding.search.loops import CHECKPOINT, PROMPTS, Choice, beginnings, loops
from app.experiments.memo import memo
from app.experiments.text import read_document
from models.language.beam_search_batch import Doubled, Found, PromptAlone, Searched, search
from models.language.exact_search import Proven, likeliest
from models.language.generation import Beams, Hypothesis, beam_search
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import END, decode, labels

LONGEST = 24
WIDTHS = (1, 2, 4, 8, 16, 32)
ROWS = 128  # beams at once, so that each part of a search stays under 0.4 s

Ending = Literal["banned", "allowed"]
Sees = Literal["what it generated", "the prompt alone"]
Divisor = Literal[
    "each text’s length", "one length for all", "length and a prompt of 2 tokens", "length and a prompt of 400 tokens"
]
COUNTED: dict[Divisor, int] = {"length and a prompt of 2 tokens": 2, "length and a prompt of 400 tokens": 400}


class SearchControls(Controls):
    prompt: Sentence = Field("Mia", title="Prompt", description=f"Up to {LONGEST} tokens")
    width: Literal[1, 2, 4, 8, 16] = Field(4, title="Beam width")
    steps: int = Field(8, ge=4, le=28, title="Longest text", description="New tokens")
    ending: Ending = Field("banned", title="End of the text", description="Whether a text may end before that")
    length_penalty: float = Field(
        0, ge=0, le=2, multiple_of=0.1, title="Length penalty α", description="Log-probabilities are divided by lengthᵅ"
    )
    divisor: Divisor = Field("each text’s length", title="Length that divides", json_schema_extra=MORE)
    sees: Sees = Field("what it generated", title="The model sees", json_schema_extra=MORE)
    choice: Choice = Field("the likeliest token", title="Greedy takes", json_schema_extra=MORE)


class Search(NamedTuple):
    """What one width finds for all prompts: of each, the text that it would give."""

    width: int
    log_probability: list[float]
    length: list[int]
    length_at_1: list[int]  # at a length penalty of 1, whatever the control says


class SearchResult(NamedTuple):
    controls: SearchControls
    tree: tuple[Beams, ...]  # of the typed prompt
    words: tuple[str, ...]  # label of every token
    greedy: Hypothesis  # of the typed prompt
    found: list[Hypothesis]  # its best texts
    proven: Proven | None  # its likeliest text of that length, where no ending is allowed and the search is small
    texts: list[str]  # greedy, then those
    prompts: list[str]
    searches: list[Search]  # widths searched so far
    repeated: tuple[float, float] | None  # share of 4-grams in long texts by that choice, and sampled; measured last
    parameters: int


def altered(sees: Sees, choice: Choice, device: str) -> Searched[Any]:
    """The model that is searched."""
    model = pretrained(CHECKPOINT, device)
    if sees == "the prompt alone":
        return PromptAlone(model)
    return Doubled(model) if choice == "the likeliest, logits doubled" else model


@memo
def found(
    width: int, at: int, steps: int, ending: Ending, sees: Sees, choice: Choice, seed: int, device: str
) -> list[Found]:
    """Beam search from as many beginnings as ROWS beams allow, the ``at``-th and those after it."""
    some = beginnings(seed)[at : at + ROWS // width].to(device)
    return search(altered(sees, choice, device), some, width, steps, END if ending == "allowed" else None)


def chosen_of(c: SearchControls, width: int, every: list[Found], penalty: float) -> list[Hypothesis]:
    """The best text of each prompt. One beam has one text, the greedy one: there is nothing to choose from."""
    divide = 0 if width == 1 else penalty
    return [one.best(divide, COUNTED.get(c.divisor, 0), constant=c.divisor == "one length for all") for one in every]


def run(controls: SearchControls, device: str) -> Iterator[SearchResult]:
    c = controls
    read = read_document(c.prompt, LONGEST, "prompt", device)
    end = END if c.ending == "allowed" else None
    model = pretrained(CHECKPOINT, device)
    *_, alone = beam_search(model, read.ids[0], 1, c.steps, end)
    tree = tuple(beam_search(model, read.ids[0], c.width, c.steps, end))
    first = alone.finished[0] if alone.finished else alone.hypotheses[0]
    best = Found(tree[-1].finished, tree[-1].hypotheses).ranked(
        c.length_penalty, COUNTED.get(c.divisor, 0), constant=c.divisor == "one length for all"
    )
    longest = max(tree[-1].hypotheses, key=lambda text: text.log_probability)
    proven = likeliest(model, read.ids[0], longest) if end is None else None
    prompts = [decode([int(row[1])]) for row in beginnings(c.seed)]
    searches: list[Search] = []
    for width in WIDTHS:
        every: list[Found] = []
        for at in range(0, PROMPTS, ROWS // width):
            every += found(width, at, c.steps, c.ending, c.sees, c.choice, c.seed, device)
            texts, at_1 = (chosen_of(c, width, every, penalty) for penalty in (c.length_penalty, 1.0))
            last = Search(
                width,
                [one.log_probability for one in texts],
                [len(one.tokens) for one in texts],
                [len(one.tokens) for one in at_1],
            )
            done = width == WIDTHS[-1] and len(every) == PROMPTS
            yield SearchResult(
                c,
                tree,
                tuple(labels()),
                first,
                best[:6],
                proven,
                [f"{c.prompt} {decode(list(one.tokens))}" for one in (first, *best[:6])],
                prompts,
                [*searches, last],
                loops(c.choice, c.seed, device) if done else None,
                parameter_count(model),
            )
        searches.append(last)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def likeliest_of(last: Beams) -> float:
    return max(text.log_probability for text in last.hypotheses)


def measure(result: SearchResult) -> Measurements:
    first, last = result.searches[0], result.searches[-1]
    known = len(last.length)  # prompts searched so far at the last width
    gains = [after - before for before, after in zip(first.log_probability, last.log_probability)]
    proven = result.proven and {
        "optimum_nats": result.proven.best.log_probability,
        "greedy_below_optimum_nats": result.proven.best.log_probability - result.greedy.log_probability,
        "beam_below_optimum_nats": max(0.0, result.proven.best.log_probability - likeliest_of(result.tree[-1])),
        "most_beginnings_kept": max(result.proven.kept),
    }
    found = (proven or {}) | {
        "better_found_share": mean([gain > 1e-3 for gain in gains]),
        "gain_nats": mean(gains),
        "greedy_log_probability_nats": result.greedy.log_probability,
        "beam_log_probability_nats": result.found[0].log_probability,
        "beam_over_greedy_nats": result.found[0].log_probability - result.greedy.log_probability,
        "beam_length_tokens": len(result.found[0].tokens),
        "greedy_mean_length_tokens": mean(first.length),
        "widest_mean_length_tokens": mean(last.length),
        "room_to_end_tokens": result.controls.steps if result.controls.ending == "allowed" else 0,
        "length_over_greedy": mean(last.length) / mean(first.length[:known]),
        "length_at_1_over_greedy": mean(last.length_at_1) / mean(first.length[:known]),
    }
    if result.repeated is None:
        return found
    repeated, sampled = result.repeated
    return found | {
        "repeated_share": repeated,
        "sampled_repeated_share": sampled,
        "repeated_above_sampled": repeated - sampled,
        "repeated_over_sampled": repeated / max(sampled, 1e-9),
    }
