import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from models.cost.decoding_cost import forward_flops, positions_with_cache, positions_without_cache
from models.published.cache import bytes_held, latent_cache_bytes
from models.published.configs import CONFIGS
from models.published.weights import total_weights
from models.seeding import seeded
from models.serving.kv_cache import cache_bytes
from models.transformer.decoder import Decoder, DecoderConfig

CONFIG = DecoderConfig(vocabulary=37, width=18, layers=3, heads=6, kv_heads=2, head_width=4, hidden=11, context=64)


@pytest.mark.parametrize("prompt", [1, 4, 9])
def test_counted_work_is_what_torch_counts(prompt):
    model, ids = seeded(lambda: Decoder(CONFIG), 0), torch.arange(prompt)[None]
    cache = model.new_cache()
    for new, seen in ((ids, prompt), (ids[:, :1], prompt + 1)):
        with FlopCounterMode(display=False) as counter:
            model(new, cache)
        assert counter.get_total_flops() == forward_flops(CONFIG, new.shape[1], seen)


def test_positions_grow_in_proportion_with_a_cache_and_with_the_square_without():
    assert [positions_without_cache(1, n) for n in (1, 2, 10)] == [1, 3, 55]
    assert positions_without_cache(15, 12) == 12 * 15 + 12 * 11 // 2
    assert [positions_with_cache(1, n) for n in (1, 2, 10)] == [1, 2, 10]


PARAMETERS = {
    "GPT-2": 124_439_808,
    "Llama 2 7B": 6_738_415_616,
    "Llama 2 70B": 68_976_648_192,
    "Mistral 7B": 7_241_732_096,
    "Mixtral 8×7B": 46_702_792_704,
    "Gemma 2 9B": 9_242_164_736,
}
BYTES_A_TOKEN = {"Llama 2 7B": 524_288, "Llama 2 70B": 327_680, "Mistral 7B": 131_072, "Mixtral 8×7B": 131_072}


@pytest.mark.parametrize(("name", "count"), PARAMETERS.items())
def test_published_models_have_their_exact_number_of_weights(name, count):
    assert total_weights(CONFIGS[name]) == count


@pytest.mark.parametrize(("name", "count"), BYTES_A_TOKEN.items())
def test_published_models_cache_their_exact_bytes_a_token(name, count):
    assert bytes_held(CONFIGS[name], 1) == count


def test_a_70b_model_at_8k_holds_268_gigabytes_and_eight_times_that_with_its_own_key_a_head():
    shape = CONFIGS["Llama 3 70B"]
    assert bytes_held(shape, 8192) == 2_684_354_560
    assert bytes_held(shape, 8192, kv_heads=shape.heads) == 8 * 2_684_354_560
    assert shape.attention == "GQA"


def test_a_window_bounds_what_its_layers_keep():
    mistral, gemma = CONFIGS["Mistral 7B"], CONFIGS["Gemma 2 9B"]
    assert bytes_held(mistral, 131_072) == bytes_held(mistral, 4096) == 536_870_912
    assert bytes_held(mistral, 2048) == 536_870_912 / 2
    assert bytes_held(gemma, 8192) == 2 * 2 * 8 * 256 * (21 * 8192 + 21 * 4096)


def test_a_latent_cache_is_82_percent_smaller_than_that_of_deepseek_67b_and_98_than_with_all_heads():
    latent, grouped = CONFIGS["DeepSeek-V2"], CONFIGS["DeepSeek 67B"]
    assert bytes_held(latent, 1, bytes_per_value=1) == latent_cache_bytes(60, 576, 1, 1) == 34_560
    assert bytes_held(grouped, 1, bytes_per_value=1) == 194_560
    assert round(1 - 34_560 / 194_560, 3) == 0.822
    full = cache_bytes(latent.layers, latent.heads, latent.head_width, 1, 1)
    assert round(1 - 34_560 / full, 3) == 0.982
