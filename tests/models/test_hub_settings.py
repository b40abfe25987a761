"""Pasted settings that are wrong are refused by the name of the field; and rectangles divide their whole."""

import pytest

from models.published.hub_settings import components
from models.published.json_settings import settings_of
from visualizers.treemap import WIDE, divided, treemap

LLAMA = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
         "intermediate_size": 96, "vocab_size": 50}  # fmt: skip
T5 = {"model_type": "t5", "d_model": 20, "d_ff": 33, "num_layers": 2, "num_heads": 3, "d_kv": 5}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"hidden_size": None}, "hidden_size"), ({"hidden_size": "64"}, "hidden_size"),
        ({"hidden_size": -1}, "hidden_size"), ({"hidden_size": 66}, "hidden_size"),
        ({"vocab_size": True}, "vocab_size"),
        ({"num_key_value_heads": 3}, "num_key_value_heads"), ({"model_type": "marian"}, "model_type"),
        ({"mlp_bias": True}, "mlp_bias"), ({"intermediate_size": 1e3}, "intermediate_size"),
        ({"model_type": "gpt2"}, "n_embd"), ({"model_type": "deepseek_v3"}, "qk_nope_head_dim"),
        ({"model_type": "t5"}, "d_model"), (T5 | {"feed_forward_proj": "swish"}, "feed_forward_proj"),
        (T5 | {"num_heads": "8"}, "num_heads"), (T5 | {"num_decoder_layers": 0}, "num_decoder_layers"),
        (T5 | {"is_encoder_decoder": False}, "is_encoder_decoder"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers"),
        ({"model_type": "vit", "image_size": [8]}, "image_size"),
        ({"model_type": "vit", "patch_size": 500}, "patch_size"), ({"model_type": "vit", "qkv_bias": 1}, "qkv_bias"),
        ({"model_type": "vit", "architectures": ["ViTForMaskedImageModeling"]}, "architectures"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(change, named):
    with pytest.raises(ValueError, match=f"^{named}: "):
        components({**LLAMA, **change})


def test_classes_that_are_no_names_are_told():
    with pytest.raises(ValueError, match=r"^id2label: "):
        components({"model_type": "vit", "architectures": ["ViTForImageClassification"], "id2label": 3})


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "7", '{"a": }'])
def test_no_json_is_told(text):
    with pytest.raises(ValueError, match=r"config\.json"):
        settings_of(text)


@pytest.mark.parametrize("text", ["[" * 6000, "9" * 5000])
def test_json_that_no_parser_takes_is_told(text):
    with pytest.raises(ValueError, match=r"config\.json"):
        settings_of(text)


@pytest.mark.parametrize("value", ["abc", [1], -3, 1.5, float("inf"), True])
def test_a_head_width_that_is_no_whole_number_is_told(value):
    with pytest.raises(ValueError, match="head_dim: takes a whole number"):
        components(LLAMA | {"head_dim": value})


def test_words_are_no_switch():
    with pytest.raises(ValueError, match="tie_word_embeddings: takes true or false"):
        components(LLAMA | {"tie_word_embeddings": "false"})


def test_null_counts_as_missing():
    left_out = {"num_key_value_heads": None, "head_dim": None, "tie_word_embeddings": None}
    assert components(LLAMA | left_out) == components(
        {name: value for name, value in LLAMA.items() if name not in left_out}
    )


def test_a_small_llama_by_hand():
    found = components(LLAMA)
    assert found["attention"] == 2 * 4 * 64 * 64
    assert found["feed-forward"] == 2 * 3 * 64 * 96
    assert found["norms"] == 5 * 64
    assert found["token embedding"] == found["output embedding"] == 50 * 64


def test_a_small_t5_by_hand():
    found = components(T5 | {"vocab_size": 50, "num_decoder_layers": 1})
    assert found["token embedding"] == 50 * 20
    assert found["relative bias"] == 2 * 32 * 3
    assert found["attention"] == (2 + 2 * 1) * 4 * 20 * 15
    assert found["feed-forward"] == 3 * 2 * 20 * 33
    assert found["norms"] == (2 * 2 + 1 * 3 + 2) * 20
    gated = components(T5 | {"vocab_size": 50, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False})
    assert gated["feed-forward"] == 4 * 3 * 20 * 33
    assert gated["output embedding"] == 50 * 20


def test_rectangles_have_their_shares_and_fill_the_whole():
    shares = [0.5, 0.2, 0.2, 0.07, 0.03]
    found = divided(shares)
    for share, (left, top, width, height) in zip(shares, found, strict=True):
        assert width * height == pytest.approx(share * WIDE)
        assert -1e-9 <= left <= left + width <= WIDE + 1e-9
        assert -1e-9 <= top <= top + height <= 1 + 1e-9
    assert max(max(w / h, h / w) for _, _, w, h in found[:3]) < 3


def test_a_treemap_has_a_trace_a_part_and_its_table():
    drawn = treemap({"a": 70, "b": 30}, colours=("#d5eff8", "#eceffc"))
    assert [trace.name for trace in drawn.data] == ["a", "b"]
    assert drawn.layout.meta["table"]["rows"] == [["a", 70], ["b", 30]]
