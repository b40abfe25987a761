"""Prompts with examples of a task, which a language model completes without any change of its weights.

Papers: Brown et al. 2020, "Language Models are Few-Shot Learners", section 2 (K examples, then the query);
Min et al. 2022, "Rethinking the Role of Demonstrations", section 4 (labels of the examples exchanged).

Symbols
    K  examples ("shots") before the query     W  words of a table     w → v  a pair: a word and its value
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data.dice import Dice, partners
from models.data.tiny_world import world
from models.data.words import DIGITS, NONCE
from models.language.next_word import last_residual, next_logits
from models.tokenization.tokenizer import decode, ids_of
from models.transformer.decoder import Decoder

Task = Literal["made-up pairs", "known facts"]
Change = Literal[
    "as drawn", "examples reordered", "asked word's examples removed", "another word's examples removed",
    "labels exchanged",
]  # fmt: skip
WORDS = 4
RELATIONS = ("home", "job", "pet")
Pair = tuple[str, str]


class Prompt(NamedTuple):
    """Examples, then a word whose value is due."""

    examples: tuple[Pair, ...]
    word: str
    answer: str  # the value by the table, or by the world
    relabelled: str  # the value that exchanged labels give; the answer where none are

    @property
    def text(self) -> str:
        """w₁ -> v₁ ; … ; w_K -> v_K ; w ->"""
        return " ; ".join([*(f"{word} -> {value}" for word, value in self.examples), f"{self.word} ->"])

    @property
    def shown(self) -> bool:
        """Whether an example has the asked word."""
        return any(word == self.word for word, _ in self.examples)


def made_up(shots: int, dice: Dice) -> Prompt:
    """blick -> 3 ; dax -> 7 ; blick -> — a table of four made-up words, drawn anew for every prompt.

    The examples go through the table in random order before any pair comes again.
    """
    words = dice.some(NONCE, WORDS)
    table = dict(zip(words, dice.some(DIGITS, WORDS), strict=True))
    order = dice.some(words, WORDS) + [dice.pick(words) for _ in range(max(shots - WORDS, 0))]
    word = dice.pick(words)
    turned = dict(zip(words, [*words[1:], words[0]], strict=True))
    return Prompt(tuple((w, table[w]) for w in order[:shots]), word, table[word], table[turned[word]])


def known(shots: int, dice: Dice) -> Prompt:
    """Tom -> Oslo ; Zoe -> Turin ; Mia -> — facts that training stated; the examples tell which relation is asked.

    The asked person never stood last in such a line of the training.
    """
    relation = dice.pick(RELATIONS)
    table = world().told_values(relation)
    word = dice.pick(partners(tuple(table), True, "arrow", relation))
    people = dice.some(partners(tuple(table), False, "arrow", relation), shots)
    return Prompt(tuple((who, table[who]) for who in people), word, table[word], table[word])


def changed(prompt: Prompt, task: Task, change: Change, dice: Dice) -> Prompt:
    """The same prompt with its examples in another order, without some of them, or with other labels."""
    examples = list(prompt.examples)
    if change == "examples reordered":
        examples = dice.some(examples, len(examples))
    elif change == "labels exchanged" and task == "made-up pairs":
        words = sorted({word for word, _ in examples} | {prompt.word})
        table = dict(examples) | {prompt.word: prompt.answer}
        turned = {word: table[words[(at + 1) % len(words)]] for at, word in enumerate(words)}
        return prompt._replace(
            examples=tuple((word, turned[word]) for word, _ in examples), relabelled=turned[prompt.word]
        )
    elif change == "labels exchanged":
        values = [value for _, value in examples]
        return prompt._replace(examples=tuple(zip([w for w, _ in examples], values[1:] + values[:1], strict=True)))
    elif change != "as drawn":
        others = sorted({word for word, _ in examples if word != prompt.word})
        gone = prompt.word if change == "asked word's examples removed" else dice.pick(others) if others else ""
        examples = [pair for pair in examples if pair[0] != gone]
    return prompt._replace(examples=tuple(examples))


def drawn(task: Task, shots: int, change: Change, count: int, seed: int) -> list[Prompt]:
    """``count`` prompts with so many examples; equal seeds ask for the same words with any change."""
    found = []
    for number in range(count):
        dice = Dice(f"few-shot {task} {seed} {number}")
        prompt = made_up(shots, dice) if task == "made-up pairs" else known(shots, dice)
        found.append(changed(prompt, task, change, dice))
    return found


@torch.inference_mode()
def completions(model: Decoder, prompts: list[Prompt]) -> list[str]:
    """The likeliest next token behind each prompt: argmax over the whole vocabulary."""
    z = next_logits(last_residual(model, [prompt.text for prompt in prompts]), model)  # (N, V)
    return [decode([token]).strip() for token in likeliest(z).tolist()]


def likeliest(z: Tensor) -> Tensor:
    """ŷ = argmax p(y | w₁, v₁, …, w_K, v_K, w), the greedy completion.  (N, V) → (N,)"""
    return z.argmax(dim=-1)


def right(prompt: Prompt, said: str) -> bool:
    """Whether the completion is the answer, by its first token."""
    return ids_of(prompt.answer)[0] == ids_of(said)[0] if said else False


def best_possible(K: int, W: int, C: int) -> float:
    """min(K, W)/W + (1 − min(K, W)/W)/C: a reader that copies what was shown and guesses among C values otherwise."""
    shown = min(K, W) / W
    return shown + (1 - shown) / C
