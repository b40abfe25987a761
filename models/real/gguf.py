"""Reads a GGUF file: named fields, then named tensors, whose numbers are often held in blocks of a few bits.

Source: the format's own description, "GGUF" in the ggml repository (version 3, little endian), and the block layouts
of llama.cpp, ``block_q4_1`` and ``block_q8_0``. Only what the published file here needs is read: whole and half
floats, Q8_0 and Q4_1. A test holds every number against the format's own library.

Symbols
    d  scale of a block, a half float        m  least value of a block, a half float
    q  the whole numbers of a block          w  the weights that they stand for, 32 a block
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.real.damaged import DamagedFile

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

BLOCK = 32
"""Weights to a block, of both kinds of blocks."""

NUMBERS = ("B", "b", "H", "h", "I", "i", "f", "?", None, None, "Q", "q", "d")
"""How ``struct`` reads a field of each type; 8 is a text and 9 a list."""
TEXT, LIST = 8, 9


class Encoding(NamedTuple):
    """How a tensor type is laid out: ``size`` bytes hold ``weights`` numbers."""

    weights: int
    size: int
    decode: Callable[[Bytes], Floats]


def q8_0(blocks: Bytes) -> Floats:
    """w = d · q, with q from −127 to 127: (blocks, 34) bytes → (blocks, 32)."""
    d = blocks[:, :2].view("<f2").astype(np.float32)
    return d * blocks[:, 2:].view(np.int8)


def q4_1(blocks: Bytes) -> Floats:
    """w = d · q + m, with q from 0 to 15; a byte holds q of weight i below that of i + 16: (blocks, 20) → (…, 32)."""
    d, m = (blocks[:, at : at + 2].view("<f2").astype(np.float32) for at in (0, 2))
    q = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
    return d * q + m


ENCODINGS: Mapping[int, Encoding] = {
    0: Encoding(1, 4, lambda raw: raw.view("<f4")),
    1: Encoding(1, 2, lambda raw: raw.view("<f2").astype(np.float32)),
    3: Encoding(BLOCK, 20, q4_1),
    8: Encoding(BLOCK, 34, q8_0),
}
"""By the number that stands for a type in the file."""


@dataclass(frozen=True)
class StoredTensor:
    """A tensor as it lies in the file; ``shape`` is in torch's order, rows first."""

    shape: tuple[int, ...]
    encoding: Encoding
    raw: Bytes

    def numbers(self) -> Floats:
        """The weights in float32."""
        return self.encoding.decode(self.raw.reshape(-1, self.encoding.size)).reshape(self.shape)


@dataclass(frozen=True)
class GGUF:
    """Fields by name, and tensors by name."""

    fields: Mapping[str, Any]
    tensors: Mapping[str, StoredTensor]


class _Cursor:
    """Reads on from a place in the file."""

    def __init__(self, raw: Bytes) -> None:
        self.raw = raw
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.raw):
            raise ValueError(f"ends after {len(self.raw)} bytes, in the middle of its header")
        self.at += count
        return self.raw[self.at - count : self.at].tobytes()

    def number(self, kind: str) -> Any:
        return struct.unpack(f"<{kind}", self.take(struct.calcsize(f"<{kind}")))[0]

    def text(self) -> str:
        return self.take(self.number("Q")).decode("utf-8")

    def value(self, type_: int) -> Any:
        if type_ == TEXT:
            return self.text()
        if type_ == LIST:
            inner, count = self.number("I"), self.number("Q")
            return [self.value(inner) for _ in range(count)]
        kind = NUMBERS[type_] if type_ < len(NUMBERS) else None
        if kind is None:
            raise ValueError(f"has a field of the unknown type {type_}")
        return self.number(kind)


def read(path: Path) -> GGUF:
    """Everything in the file; the tensors stay on the disk until their numbers are asked for.

    Raises DamagedFile, which names the file and what is wrong with it.
    """
    try:
        return _parsed(np.memmap(path, dtype=np.uint8, mode="r"))
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise DamagedFile(path, str(error)) from error


def _parsed(raw: Bytes) -> GGUF:
    cursor = _Cursor(raw)
    if cursor.take(4) != b"GGUF":
        raise ValueError("is no GGUF file: it does not begin with the letters GGUF")
    if (version := cursor.number("I")) != 3:
        raise ValueError(f"is of version {version} of the format; only version 3 is read")
    tensors, fields = cursor.number("Q"), cursor.number("Q")
    found = {}
    for _ in range(fields):
        name = cursor.text()
        found[name] = cursor.value(cursor.number("I"))
    places = [_place(cursor) for _ in range(tensors)]
    alignment = found.get("general.alignment", 32)
    start = -(-cursor.at // alignment) * alignment
    return GGUF(found, {name: _tensor(raw, name, shape, type_, start + at) for name, shape, type_, at in places})


def _place(cursor: _Cursor) -> tuple[str, tuple[int, ...], int, int]:
    """Name, shape, type and offset of a tensor; the file writes the longest run of numbers first."""
    name = cursor.text()
    shape = tuple(cursor.number("Q") for _ in range(cursor.number("I")))[::-1]
    return name, shape, cursor.number("I"), cursor.number("Q")


def _tensor(raw: Bytes, name: str, shape: tuple[int, ...], type_: int, at: int) -> StoredTensor:
    if type_ not in ENCODINGS:
        raise ValueError(f"holds {name} in the encoding {type_}; F32, F16, Q8_0 and Q4_1 are read")
    encoding = ENCODINGS[type_]
    end = at + prod(shape) // encoding.weights * encoding.size
    if end > len(raw):
        raise ValueError(f"is cut off: {name} ends at byte {end}, the file at {len(raw)}")
    return StoredTensor(shape, encoding, raw[at:end])
