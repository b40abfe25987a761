"""Small random models, saved by transformers in the published layout, read back in this project's own classes.

Every architecture that can be fetched; each with settings whose neglect must be seen in the logits.
"""

import json
from functools import partial
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from models.real import convert, folder
from models.real.folder import SETTINGS, TOKENIZER, WEIGHTS
from models.seeding import generator
from models.serving.kv_cache import KVCache
from tests.models.real.make_tiny import HERE
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=5e-5, rtol=0.0)

V, T = 53, 19
SIZES = {
    "vocab_size": V, "hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
    "head_dim": 8, "intermediate_size": 37, "max_position_embeddings": 64, "rms_norm_eps": 1e-3,
}  # fmt: skip
LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}  # fmt: skip
PLAIN = {"rope_type": "default", "rope_theta": 500.0}
GPT2 = {"vocab_size": V, "n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": 64, "layer_norm_epsilon": 1e-3}
MODELS = {
    "tied": ("Llama", SIZES | {"rope_parameters": PLAIN, "tie_word_embeddings": True}),
    "untied": ("Llama", SIZES | {"rope_parameters": PLAIN, "tie_word_embeddings": False}),
    "llama3": ("Llama", SIZES | {"rope_parameters": LLAMA3, "tie_word_embeddings": False}),
    "linear": ("Llama", SIZES | {"rope_parameters": PLAIN | {"rope_type": "linear", "factor": 3.0}}),
    "mistral": ("Mistral", SIZES | {"rope_parameters": PLAIN, "sliding_window": 40}),
    "qwen2": ("Qwen2", SIZES | {"rope_parameters": PLAIN, "tie_word_embeddings": True}),
    "qwen3": ("Qwen3", SIZES | {"rope_parameters": PLAIN}),
    "gpt2": ("GPT2", GPT2),
}


def drawn(kind: str, settings: dict[str, object], seed: int = 0) -> torch.nn.Module:
    """A model of the library with weights large enough that a mistake shows, gains and biases too."""
    config = getattr(transformers, f"{kind}Config")(**settings, attn_implementation="eager")
    model = getattr(transformers, f"{kind}LMHeadModel" if kind == "GPT2" else f"{kind}ForCausalLM")(config).eval()
    redraw(model, seed)
    draws = torch.Generator().manual_seed(seed + 1)
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            weight.data = torch.randn(weight.shape, generator=draws) / 2
    model.tie_weights()
    return model


def saved(model: torch.nn.Module, place: Path, kind: str = "decoder") -> Path:
    """The model's folder, with a vocabulary and a card."""
    model.save_pretrained(place)
    words = Tokenizer(WordLevel({f"word{i}": i for i in range(V)}, unk_token="word0"))
    words.save(str(place / TOKENIZER))
    convert.write_card(place, {"kind": kind})
    return place


@pytest.fixture(scope="module", params=MODELS)
def pair(request, tmp_path_factory):
    kind, settings = MODELS[request.param]
    theirs = drawn(kind, settings)
    root = tmp_path_factory.mktemp("published")
    saved(theirs, root / request.param)
    return theirs, folder.load_decoder(request.param, where=root).model, root / request.param


@pytest.fixture(scope="module")
def ids() -> torch.Tensor:
    return torch.randint(V, (2, T), generator=generator(1))


@torch.inference_mode()
def test_logits_maps_and_streams_equal_the_librarys(pair, ids):
    theirs, ours, _ = pair
    expected = theirs(ids, output_attentions=True, output_hidden_states=True)
    logits, trace = ours(ids)
    close(logits, expected.logits)
    for weights, attention in zip(trace.weights, expected.attentions, strict=True):
        close(weights, attention)
    for residual, hidden in zip(trace.residual[:-1], expected.hidden_states[:-1], strict=True):  # theirs ends normed
        close(residual, hidden)


@torch.inference_mode()
def test_a_cache_changes_nothing(pair, ids):
    theirs, ours, _ = pair
    cache: KVCache = ours.new_cache()
    ours(ids[:, :7], cache)
    close(ours(ids[:, 7:], cache)[0], theirs(ids).logits[:, 7:])


@torch.inference_mode()
def test_every_weight_of_the_file_counts(pair, ids, tmp_path):
    """Each tensor, changed in the file, changes the logits: none is read past, none stands for another."""
    _, ours, published = pair
    state, config = load_file(published / WEIGHTS), json.loads((published / SETTINGS).read_text())
    plain = ours(ids)[0]
    # a bias that all keys share moves every score of a query alike, so the weights stay
    silent = {name for name in state if name.endswith(("k_proj.bias", "attn.bias", "attn.masked_bias"))}
    for name in state.keys() - silent:
        save_file(state | {name: state[name] * 1.5 + 0.1}, tmp_path / WEIGHTS, {"format": "pt"})
        assert (folder.read_model(tmp_path, config)(ids)[0] - plain).abs().max() > 1e-3, name


@torch.inference_mode()
@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("tied", "rms_norm_eps", 1e-5),
        ("tied", "rope_parameters", PLAIN | {"rope_theta": 10_000.0}),
        ("llama3", "rope_parameters", LLAMA3 | {"factor": 2.0}),
        ("llama3", "rope_parameters", LLAMA3 | {"high_freq_factor": 1.5}),
        ("linear", "rope_parameters", PLAIN),
        ("gpt2", "layer_norm_epsilon", 1e-5),
    ],
)
def test_a_neglected_setting_is_seen(tmp_path, ids, name, setting, value):
    kind, settings = MODELS[name]
    theirs = drawn(kind, settings)
    saved(theirs, tmp_path)
    config = json.loads((tmp_path / SETTINGS).read_text()) | {setting: value}
    assert (folder.read_model(tmp_path, config)(ids)[0] - theirs(ids).logits).abs().max() > 1e-3


def test_a_text_is_no_longer_than_the_window(tmp_path):
    kind, settings = MODELS["mistral"]
    saved(drawn(kind, settings), tmp_path / "mistral")
    assert folder.load_decoder("mistral", where=tmp_path).model.config.context == 40


@torch.inference_mode()
def test_a_model_out_of_a_gguf_file_says_what_the_library_says(tmp_path):
    convert.from_gguf(HERE / "tiny.gguf", tmp_path)
    theirs = transformers.LlamaForCausalLM.from_pretrained(tmp_path, dtype=torch.float32).eval()
    some = torch.randint(theirs.config.vocab_size, (2, T), generator=generator(2))
    ours = folder.read_model(tmp_path, folder.read_json(tmp_path / SETTINGS))
    close(ours(some)[0], theirs(some).logits)


@torch.inference_mode()
def test_sentence_vectors_equal_mean_pooling_over_the_librarys(tmp_path, ids):
    config = transformers.BertConfig(
        vocab_size=V, hidden_size=24, num_hidden_layers=3, num_attention_heads=4, intermediate_size=37,
        max_position_embeddings=64, attn_implementation="eager",
    )  # fmt: skip
    theirs = transformers.BertModel(config).eval()
    redraw(theirs, 0)
    saved(theirs, tmp_path / "bert", "sentence encoder")
    ours = folder.load_encoder("bert", where=tmp_path).model
    real = torch.arange(T) < torch.tensor([[T], [T - 5]])
    hidden = theirs(ids, real.long(), output_attentions=True)
    vectors, trace = ours(ids, real)
    close(trace.tokens[real], hidden.last_hidden_state[real])
    for weights, attention in zip(trace.encoder.weights, hidden.attentions, strict=True):
        close(weights[0], attention[0])
    pooled = torch.stack([row[keep].mean(dim=0) for row, keep in zip(hidden.last_hidden_state, real)])
    close(vectors, pooled / pooled.norm(dim=-1, keepdim=True))
    close(ours(ids[1:, : T - 5])[0], vectors[1:])  # padding changes nothing
    assert (ours(ids)[0] - vectors).abs().max() > 1e-3  # and without the mask it would
