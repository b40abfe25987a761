import base64
import random
from pathlib import Path

import pytest

from models.real import tiktoken_ranks
from models.real.damaged import DamagedFile

TOKENS = [bytes([byte]) for byte in range(256)] + [b"th", b" t", b"the", b" th", b" the", b"en", b" then", b"12"]


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "tiny.tiktoken"
    lines = [base64.b64encode(token) + b" %d" % rank for rank, token in enumerate(TOKENS)]
    path.write_bytes(b"\n".join([*lines, b"= %d" % len(TOKENS), b""]))
    return path


def test_every_token_but_the_empty_one_is_read(file):
    assert list(tiktoken_ranks.ranks(file)) == TOKENS


def test_the_pair_of_a_token_is_what_lower_ranks_leave_of_it(file):
    of = tiktoken_ranks.ranks(file)
    assert tiktoken_ranks.parts(b" the", of, of[b" the"]) == [b" ", b"the"]
    assert tiktoken_ranks.parts(b" then", of, of[b" then"]) == [b" the", b"n"]


def test_a_text_is_split_as_by_merging_the_lowest_rank_first(file):
    of, found = tiktoken_ranks.ranks(file), tiktoken_ranks.tokenizer(file)
    draws = random.Random(0)
    for _ in range(200):
        word = "".join(draws.choice("then12 ä") for _ in range(draws.randint(1, 9)))
        split = [piece for piece, _ in found.pre_tokenizer.pre_tokenize_str(word)]
        expected = [of[part] for piece in pieces_of(word, split) for part in tiktoken_ranks.parts(piece, of, len(of))]
        assert found.encode(word).ids == expected, word
        assert found.decode(found.encode(word).ids) == word


def pieces_of(text: str, split: list[str]) -> list[bytes]:
    """The bytes of each part that a text is split into; a stand-in letter is one byte."""
    raw, pieces = text.encode(), []
    for part in split:
        pieces.append(raw[: len(part)])
        raw = raw[len(part) :]
    return pieces


@pytest.mark.parametrize("damage", [b"\x00\xff", b"dGg=", b"dGg= x", b"!!!! 3"])
def test_a_damaged_list_is_named(file, damage):
    file.write_bytes(file.read_bytes() + damage)
    with pytest.raises(DamagedFile, match=r"tiny\.tiktoken is no list of tokens and ranks"):
        tiktoken_ranks.tokenizer(file)
