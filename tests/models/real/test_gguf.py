import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.real import gguf, llama_gguf
from models.real.damaged import DamagedFile

TINY = Path(__file__).parent / "tiny.gguf"


def half(number: float) -> bytes:
    return np.array([number], dtype="<f2").tobytes()


def test_numbers_equal_those_of_the_formats_own_library():
    file, theirs = gguf.read(TINY), np.load(TINY.parent / "tiny_numbers.npz")
    assert {file.tensors[name].encoding.size for name in theirs} == {4, 20, 34}
    for name in theirs:
        assert np.array_equal(file.tensors[name].numbers(), theirs[name]), name


def test_fields_have_their_types():
    fields = gguf.read(TINY).fields
    assert fields["general.architecture"] == "llama"
    assert fields["llama.block_count"] == 2
    assert fields["llama.rope.freq_base"] == 100_000.0
    assert fields["tokenizer.ggml.tokens"][:2] == ["<|end|>", "<|start|>"]
    assert llama_gguf.settings(gguf.read(TINY))["rms_norm_eps"] == 1e-5


@given(st.floats(-8, 8, width=16), st.floats(-8, 8, width=16), st.lists(st.integers(0, 15), min_size=32, max_size=32))
def test_a_block_of_four_bits(d, m, q):
    nibbles = bytes(low | high << 4 for low, high in zip(q[:16], q[16:]))
    found = gguf.q4_1(np.frombuffer(half(d) + half(m) + nibbles, np.uint8)[None])
    assert found[0].tolist() == [np.float32(d) * np.float32(number) + np.float32(m) for number in q]


@given(st.floats(-8, 8, width=16), st.lists(st.integers(-128, 127), min_size=32, max_size=32))
def test_a_block_of_eight_bits(d, q):
    found = gguf.q8_0(np.frombuffer(half(d) + np.array(q, np.int8).tobytes(), np.uint8)[None])
    assert found[0].tolist() == [np.float32(d) * np.float32(number) for number in q]


def damaged(tmp_path: Path, change) -> Path:
    """A copy of the file whose bytes went through ``change``."""
    copy = tmp_path / "broken.gguf"
    copy.write_bytes(change(TINY.read_bytes()))
    return copy


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda raw: raw[:-1], r"broken.gguf is cut off: blk.1.\S+ ends at byte 26816, the file at 26815"),
        (lambda raw: raw[:100], "broken.gguf ends after 100 bytes, in the middle of its header"),
        (lambda raw: b"", "broken.gguf"),
        (lambda raw: b"PK\x03\x04" + raw[4:], "is no GGUF file"),
        (lambda raw: raw[:4] + b"\x02" + raw[5:], "version 2"),
        (lambda raw: raw.replace(b"general.architecture\x08", b"general.architecture\x63"), "unknown type 99"),
    ],
    ids=["cut", "header", "empty", "foreign", "version", "type"],
)
def test_a_damaged_file_is_named_with_what_mends_it(tmp_path, change, told):
    with pytest.raises(DamagedFile, match=told) as raised:
        gguf.read(damaged(tmp_path, change))
    assert "python -m app real" in str(raised.value)


def test_every_place_that_a_file_can_be_cut_at_is_noticed(tmp_path):
    whole = TINY.read_bytes()
    for length in range(0, len(whole), 997):
        copy = tmp_path / "cut.gguf"
        copy.write_bytes(whole[:length])
        with pytest.raises(DamagedFile, match=r"cut\.gguf"):
            gguf.read(copy)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("general.architecture", "mamba", "general.architecture: only llama is read, this file has 'mamba'"),
        (
            "tokenizer.ggml.pre",
            "llama-bpe",
            "tokenizer.ggml.pre: smollm, gpt-2 are read, this file has gpt2 'llama-bpe'",
        ),
        ("llama.block_count", None, "lacks the field llama.block_count"),
    ],
)
def test_a_foreign_model_is_refused_by_its_field(field, value, told):
    file = gguf.read(TINY)
    changed = dict(file.fields) | {field: value}
    fields = {name: kept for name, kept in changed.items() if kept is not None}
    with pytest.raises(ValueError, match=told):
        (llama_gguf.settings(replace(file, fields=fields)), llama_gguf.tokenizer(replace(file, fields=fields)))


def test_a_file_that_is_not_there_is_named(tmp_path):
    shutil.rmtree(tmp_path)
    with pytest.raises(DamagedFile, match=r"tiny.gguf .*No such file"):
        gguf.read(tmp_path / "tiny.gguf")
