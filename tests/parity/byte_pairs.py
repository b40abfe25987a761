"""Byte pair encoding written once more, slowly, from its description: what a tokenizer.json must do with a text.

Sources: Sennrich et al. 2016, algorithm 1 (merge the pair that was merged first, again and again); GPT-2's pattern of
words; llama.cpp's pre-tokenizer "smollm", which first sets each digit apart.
"""

import json
import random
from functools import cache
from itertools import pairwise
from pathlib import Path

import regex

WORDS = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
DIGIT = regex.compile(r"(\p{N})")


@cache
def letters() -> list[str]:
    """GPT-2's printable stand-in for each byte."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = iter(range(256, 512))
    return [chr(byte if byte in seen else next(hidden)) for byte in range(256)]


class BytePairs:
    """The vocabulary and merges of a tokenizer.json; ``digits`` sets every digit apart first."""

    def __init__(self, file: Path, digits: bool) -> None:
        told = json.loads(file.read_text(encoding="utf-8"))
        self.vocabulary = told["model"]["vocab"]
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(told["model"]["merges"])}
        special = [token["content"] for token in told["added_tokens"]]
        self.special = regex.compile("(" + "|".join(map(regex.escape, special)) + ")") if special else None
        self.digits = digits

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for part in self.special.split(text) if self.special else [text]:
            if self.special and self.special.fullmatch(part):
                ids.append(self.vocabulary[part])
                continue
            for run in DIGIT.split(part) if self.digits else [part]:
                for word in WORDS.findall(run):
                    ids += self._merged("".join(letters()[byte] for byte in word.encode()))
        return ids

    def _merged(self, word: str) -> list[int]:
        parts = list(word)
        while len(parts) > 1:
            ranked = [(self.ranks.get(pair, len(self.ranks)), pair) for pair in pairwise(parts)]
            rank, (left, right) = min(ranked)
            if rank == len(self.ranks):
                break
            merged: list[str] = []
            while parts:
                both = parts[:2] == [left, right]
                merged.append(left + right if both else parts[0])
                parts = parts[2 if both else 1 :]
            parts = merged
        return [self.vocabulary[part] for part in parts]


def strings(count: int, seed: int) -> list[str]:
    """Texts of every kind that trips a tokenizer: emoji, code, digits, right to left, spaces, marks, other scripts."""
    draws = random.Random(seed)
    kinds = [
        [
            "the",
            "cat",
            "sat",
            "isn't",
            "it's",
            "we'll",
            "THEY'RE",
            "naïve",
            "café",
            "Straße",
            "hello",
            "world",
            "unhappiness",
        ],
        ["0", "12", "2024", "3.14159", "1,000,000", "٣٤", "½", "x2y3", "0xFF"],
        ["def f(x):\n    return x**2", "for(int i=0;i<n;++i){", "<a href='#'>", "a_b->c::d", "\t\t}\n\n", "// TODO"],
        ["🙂", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "❤️"],
        ["مرحبا بالعالم", "שלום עולם", "السَّلامُ", "\u202babc\u202c"],
        ["你好，世界", "こんにちは", "한국어", "Привет", "ไทย", "e\u0301", "ﬁ", "Ⅷ"],
        [" ", "  ", "\n", "\n\n ", "\t", "\u00a0", "\u3000", "\r\n"],
        ["!", "...", "?!", "—", "“x”", "'", "''s", "#$%", "<|im_start|>", "<|endoftext|>"],
    ]
    made = []
    for _ in range(count):
        kind = draws.sample(kinds, draws.randint(1, 3))
        picked = (draws.choice(draws.choice(kind)) for _ in range(draws.randint(1, 12)))
        made.append("".join(part + draws.choice(["", " "]) for part in picked))
    return made
