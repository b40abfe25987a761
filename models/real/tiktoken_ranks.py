"""Whisper's vocabularies: a file of byte strings in the order in which they were merged, as a byte-level BPE.

Sources: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", section 2.2 (GPT-2's
vocabulary for English, one trained anew for all languages); the file format of tiktoken.

The file has no list of merges. That of a token is found by merging its own bytes with all tokens of lower rank: the two
parts that are left are its pair.
"""

import base64
import binascii
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from models.real.damaged import DamagedFile
from models.tokenization.tokenizer import byte_alphabet


def ranks(path: Path) -> dict[bytes, int]:
    """Rank of every token, without an empty one at the end of Whisper's list; raises DamagedFile."""
    try:
        lines = [line.split() for line in path.read_bytes().splitlines()]
        return {base64.b64decode(token, validate=True): int(rank) for token, rank in lines if token != b"="}
    except (OSError, ValueError, binascii.Error) as error:
        raise DamagedFile(path, f"is no list of tokens and ranks ({error})") from error


def parts(token: bytes, of: Mapping[bytes, int], below: int) -> list[bytes]:
    """What is left of a token's bytes when the pair of lowest rank is merged, again and again, up to a rank."""
    found = [bytes([byte]) for byte in token]
    while True:
        pairs = [(of.get(left + right, below), at) for at, (left, right) in enumerate(pairwise(found))]
        rank, at = min(pairs, default=(below, 0))
        if rank >= below:
            return found
        found[at : at + 2] = [found[at] + found[at + 1]]


def tokenizer(path: Path) -> Tokenizer:
    """The vocabulary as a tokenizer of its own; raises DamagedFile."""
    of = ranks(path)
    alphabet = byte_alphabet()
    spelled = {token: "".join(alphabet[byte] for byte in token) for token in of}
    pairs = (parts(token, of, rank) for token, rank in sorted(of.items(), key=lambda item: item[1]) if len(token) > 1)
    merges = [(spelled[pair[0]], spelled[pair[1]]) for pair in pairs if len(pair) == 2]
    made = Tokenizer(models.BPE(vocab={spelled[token]: rank for token, rank in of.items()}, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    return made
