"""transformers' Llama and our decoder with its weights."""

import torch
import transformers

from models.position.scheme import PositionScheme
from models.seeding import seeded
from models.transformer.decoder import Decoder, DecoderConfig
from tests.parity.weights import redraw

CONFIG = DecoderConfig(vocabulary=53, width=30, layers=3, heads=6, kv_heads=2, head_width=10, hidden=37, context=64)
BASE = 500.0


def settings(config: DecoderConfig = CONFIG, **more: object) -> dict[str, object]:
    sizes = {
        "vocab_size": config.vocabulary,
        "hidden_size": config.width,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_width,
        "intermediate_size": config.hidden,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": BASE},
        "attn_implementation": "eager",
    }
    return sizes | more


def paired(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a projection from Llama's order (pair i: rows i and i + K/2) to the paper's (rows 2i and 2i + 1)."""
    return weight.unflatten(0, (heads, 2, -1)).transpose(1, 2).flatten(0, 2)


def copied(theirs: torch.nn.Module, ours: Decoder) -> Decoder:
    """Our decoder with their weights; every key must be used."""
    names = {"embedding.weight": "model.embed_tokens.weight", "norm.weight": "model.norm.weight"}
    for layer in range(ours.config.layers):
        parts = {
            "attention_norm": "input_layernorm",
            "attention.to_q": "self_attn.q_proj",
            "attention.to_k": "self_attn.k_proj",
            "attention.to_v": "self_attn.v_proj",
            "attention.to_out": "self_attn.o_proj",
            "feed_forward_norm": "post_attention_layernorm",
            "feed_forward.to_gate": "mlp.gate_proj",
            "feed_forward.to_value": "mlp.up_proj",
            "feed_forward.to_out": "mlp.down_proj",
        }
        names |= {
            f"blocks.{layer}.{mine}.weight": f"model.layers.{layer}.{other}.weight" for mine, other in parts.items()
        }
    state = theirs.state_dict()
    assert set(state) == {*names.values(), "lm_head.weight"}
    copy = {mine: state[other] for mine, other in names.items()}
    for name, weight in copy.items():
        heads = ours.config.heads if "to_q" in name else ours.config.kv_heads if "to_k" in name else None
        copy[name] = paired(weight, heads) if heads else weight
    ours.load_state_dict(copy)
    return ours


def decoder(position: PositionScheme) -> Decoder:
    return seeded(lambda: Decoder(CONFIG, position), 0).double()


def llama(kind: str = "Llama", seed: int = 0, **more: object) -> torch.nn.Module:
    """A Llama, Mistral … of our sizes in float64, its weights drawn anew."""
    config = getattr(transformers, f"{kind}Config")(**settings(**more))
    model = getattr(transformers, f"{kind}ForCausalLM")(config).double().eval()
    redraw(model, seed)
    model.tie_weights()
    return model
