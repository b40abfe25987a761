"""What the page on parameter counts says beyond its claims."""

import json

import pytest
from pydantic import ValidationError

from app.experiments.transformers.counted_weights.run import CountControls, measure, run

TABLE = {
    "GPT-2": 124_439_808, "Llama 2 7B": 6_738_415_616, "Llama 3 8B": 8_030_261_248, "Mixtral 8×7B": 46_702_792_704,
    "DeepSeek-V3": 671_026_404_352,
}  # fmt: skip
SMOL = {"model_type": "llama", "vocab_size": 49_152, "hidden_size": 576, "num_hidden_layers": 30,
        "intermediate_size": 1536, "num_attention_heads": 9, "num_key_value_heads": 3,
        "tie_word_embeddings": True}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_the_page(name):
    assert run(CountControls(model=name), "cpu").total == TABLE[name]


def test_gpt_2_by_stored_names():
    assert run(CountControls(stored="every stored name"), "cpu").total == 163_037_184


def test_pasted_settings_are_counted_instead():
    result = run(CountControls(pasted=json.dumps(SMOL)), "cpu")
    assert result.total == 134_515_008
    assert "off_published_share" not in measure(result)
    untied = run(CountControls(pasted=json.dumps(SMOL), stored="every stored name"), "cpu")
    assert untied.total == 134_515_008 + 49_152 * 576


def test_a_bad_field_is_named_to_the_reader():
    with pytest.raises(ValidationError, match="num_attention_heads: is missing"):
        CountControls(pasted=json.dumps({key: value for key, value in SMOL.items() if key != "num_attention_heads"}))


def test_the_embedding_of_gpt_3_is_below_one_per_cent():
    assert measure(run(CountControls(model="GPT-3 175B"), "cpu"))["embedding_share"] < 0.01


def test_a_vision_transformer_has_no_vocabulary_to_count_twice():
    text = json.dumps({"model_type": "vit", "architectures": ["ViTForImageClassification"], "num_labels": 1000})
    for stored in ("each tensor once", "every stored name"):
        assert run(CountControls(pasted=text, stored=stored), "cpu").total == 86_567_656
