"""Makes tiny.gguf, and some of its numbers as the format's own library reads them.

pip install gguf; python -m tests.models.real.make_tiny
"""

from pathlib import Path

import numpy as np

from models.tokenization.tokenizer import byte_alphabet

HERE = Path(__file__).parent
WIDTH, HIDDEN, LAYERS, HEADS, KV_HEADS = 32, 64, 2, 4, 2
MERGES = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("1", "2"), ("a", "n"), ("Ġ", "an")]
CONTROL = ["<|end|>", "<|start|>"]
PIECES = CONTROL + sorted(byte_alphabet().values()) + ["".join(pair) for pair in MERGES]
KEPT = ("token_embd.weight", "blk.1.attn_q.weight", "blk.0.attn_norm.weight")


def shapes() -> dict[str, tuple[int, ...]]:
    """Rows first, as torch has them."""
    found: dict[str, tuple[int, ...]] = {"token_embd.weight": (len(PIECES), WIDTH), "output_norm.weight": (WIDTH,)}
    head = WIDTH // HEADS
    for layer in range(LAYERS):
        parts = {
            "attn_norm": (WIDTH,), "ffn_norm": (WIDTH,), "attn_q": (WIDTH, WIDTH), "attn_output": (WIDTH, WIDTH),
            "attn_k": (KV_HEADS * head, WIDTH), "attn_v": (KV_HEADS * head, WIDTH), "ffn_gate": (HIDDEN, WIDTH),
            "ffn_up": (HIDDEN, WIDTH), "ffn_down": (WIDTH, HIDDEN),
        }  # fmt: skip
        found |= {f"blk.{layer}.{name}.weight": shape for name, shape in parts.items()}
    return found


def main() -> None:
    import gguf

    draws = np.random.default_rng(0)
    writer = gguf.GGUFWriter(HERE / "tiny.gguf", "llama")
    writer.add_name("tiny")
    writer.add_block_count(LAYERS)
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(100_000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(PIECES)
    writer.add_token_types([3 if piece in CONTROL else 1 for piece in PIECES])
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    kept = {}
    for name, shape in shapes().items():
        drawn = draws.standard_normal(shape).astype(np.float32)
        weight = 1 + 0.5 * np.tanh(drawn) if len(shape) == 1 else 1.5 * drawn / shape[-1] ** 0.5
        kind = gguf.GGMLQuantizationType.F32 if len(shape) == 1 else gguf.GGMLQuantizationType.Q4_1
        kind = gguf.GGMLQuantizationType.Q8_0 if name == "token_embd.weight" else kind
        stored = gguf.quantize(weight.astype(np.float32), kind)
        writer.add_tensor(name, stored, raw_dtype=kind)
        if name in KEPT:
            kept[name] = gguf.dequantize(stored, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    np.savez_compressed(HERE / "tiny_numbers.npz", **kept)


if __name__ == "__main__":
    main()
