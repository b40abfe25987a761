"""Operations by component against what torch counts in transformers' Llama and GPT-2, run at odd sizes."""

import pytest
import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from models.cost.component_cost import FLOPS, memory, score_bytes, tiled_score_bytes
from models.published.configs import CONFIGS, ModelConfig, gpt

pytestmark = pytest.mark.parity
T = 23
SIZES = {"vocab_size": 101, "hidden_size": 60, "intermediate_size": 77, "num_hidden_layers": 3,
         "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 14}  # fmt: skip


def counted(model: torch.nn.Module) -> dict[str, int]:
    """Operations of the modules whose name ends so, and of the whole model under the empty name."""
    with FlopCounterMode(display=False, depth=8) as counter, torch.inference_mode():
        model(torch.zeros(1, T, dtype=torch.long), use_cache=False)
    found = {name: sum(counts.values()) for name, counts in counter.get_flop_counts().items()}
    ending = lambda end: sum(count for name, count in found.items() if name.endswith(end))
    return {"": found["Global"], "mlp": ending(".mlp"), "output": ending("lm_head")}


def by_component(c: ModelConfig) -> dict[str, int]:
    return {name: count(c, T) for name, count in FLOPS.items()}


@pytest.mark.parametrize("sizes", [SIZES, SIZES | {"num_key_value_heads": 6, "head_dim": 10}])
def test_llama(sizes):
    config = transformers.LlamaConfig(**sizes, attn_implementation="eager")
    theirs = counted(transformers.LlamaForCausalLM(config))
    ours = by_component(ModelConfig("odd", 3, 60, 6, sizes["num_key_value_heads"], sizes["head_dim"], 64, 77, 101))
    assert theirs["mlp"] == ours["MLPs"]
    assert theirs["output"] == ours["output"]
    assert theirs[""] == sum(ours.values())


def test_a_wrong_number_of_key_value_heads_is_caught():
    theirs = counted(transformers.LlamaForCausalLM(transformers.LlamaConfig(**SIZES, attn_implementation="eager")))
    wrong = by_component(ModelConfig("odd", 3, 60, 6, 6, 14, 64, 77, 101))
    assert theirs[""] != sum(wrong.values())


def test_gpt_2_with_biases():
    config = transformers.GPT2Config(vocab_size=50_257, n_embd=60, n_layer=3, n_head=6, attn_implementation="eager")
    theirs = counted(transformers.GPT2LMHeadModel(config))
    c = gpt("odd", 3, 60, 6, 64)
    ours = by_component(c)
    assert theirs["output"] == ours["output"]
    assert theirs["mlp"] == ours["MLPs"]
    assert theirs[""] == sum(ours.values())


def test_memory_by_hand():
    c = CONFIGS["Llama 3 8B"]
    found = memory(c, 8192)
    assert found["key/value cache"] == 2 * 32 * 8 * 128 * 8192 * 2
    assert sum(found.values()) - found["key/value cache"] == 2 * 8_030_261_248
    assert score_bytes(c, 1024) == 32 * 1024**2 * 2
    assert tiled_score_bytes(c, 1024) == 32 * 1024 * 8
