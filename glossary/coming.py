"""Entries of the catalogue that have no page yet, by the names they will have."""

from functools import cache

from glossary import reader

_SPELT = {
    "dpo": "DPO", "rmsnorm": "RMSNorm", "swiglu": "SwiGLU", "geglu": "GEGLU", "gelu": "GELU", "elu": "ELU",
    "silu": "SiLU", "relu": "ReLU", "mlp": "MLP", "llm": "LLM", "llms": "LLMs", "bert": "BERT", "gpt": "GPT",
    "clip": "CLIP", "resnet": "ResNet", "unet": "U-Net", "lora": "LoRA", "qlora": "QLoRA", "adam": "Adam",
    "adamw": "AdamW", "yarn": "YaRN", "longrope": "LongRoPE", "rope": "RoPE", "rlhf": "RLHF", "kl": "KL", "cnn": "CNN",
    "rnn": "RNN", "lstm": "LSTM", "slstm": "sLSTM", "mlstm": "mLSTM", "xlstm": "xLSTM", "gru": "GRU", "gan": "GAN",
    "rbf": "RBF", "sgd": "SGD", "gpu": "GPU", "t5": "T5", "xl": "XL", "peft": "PEFT", "ia3": "IA³", "elbo": "ELBO",
    "gcn": "GCN", "kan": "KAN", "ntm": "NTM", "stdp": "STDP", "jepa": "JEPA", "ode": "ODE", "vit": "ViT", "kv": "KV",
    "bos": "BOS", "eos": "EOS", "hippo": "HiPPO", "rwkv": "RWKV", "retnet": "RetNet", "wavenet": "WaveNet",
    "simclr": "SimCLR", "byol": "BYOL", "simsiam": "SimSiam", "graphsage": "GraphSAGE", "realnvp": "RealNVP",
}  # fmt: skip
"""Words of ids that are not written as they are spelt; an entry’s own title takes over when it is published."""

ALSO = {
    "variational-autoencoder": ("VAE",), "retrieval-augmented-generation": ("RAG",),
    "sgd": ("stochastic gradient descent", "gradient descent"), "top-p-sampling": ("nucleus sampling",),
    "gan": ("generative adversarial network",), "gelu": ("Gaussian error linear unit",),
    "cnn": ("convolutional neural network",), "rnn": ("recurrent neural network",),
    "residual-connection": ("skip connection",), "mlp": ("multilayer perceptron", "feed-forward network"),
}  # fmt: skip
"""What else some of them are called; an entry’s own aliases take over."""


def title(slug: str) -> str:
    """“kv-cache” → “KV cache”."""
    name = " ".join(_SPELT.get(word, word) for word in slug.split("-"))
    return name if name.split(" ")[0] in _SPELT.values() else name[:1].upper() + name[1:]


@cache
def coming() -> dict[str, str]:
    """Id → title of everything that the chapters list and nobody has written yet."""
    listed = (slug for chapter in reader.chapters() for slug in chapter.entries)
    return {slug: title(slug) for slug in listed if slug not in reader.entries()}
