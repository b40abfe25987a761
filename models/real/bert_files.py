"""BERT-like sentence encoders as published: their settings and tensor names, in this project's own encoder.

Sources: the configuration and ``state_dict`` names of transformers' BERT, and of sentence-transformers' MiniLM.
"""

from collections.abc import Mapping

from torch import Tensor

from models.real.llama_files import Settings
from models.transformer.encoder import EPSILON, EncoderConfig
from models.transformer.sentence_encoder import SentenceEncoder

NAMES: Mapping[str, str] = {
    "embeddings.word_embeddings.": "embedding.",
    "embeddings.position_embeddings.": "position_embedding.",
    "embeddings.token_type_embeddings.": "segment_embedding.",
    "embeddings.LayerNorm.": "norm.",
    "encoder.layer.": "blocks.",
    "attention.self.query.": "attention.to_q.",
    "attention.self.key.": "attention.to_k.",
    "attention.self.value.": "attention.to_v.",
    "attention.output.dense.": "attention.to_out.",
    "attention.output.LayerNorm.": "attention_norm.",
    "intermediate.dense.": "feed_forward.to_hidden.",
    "output.dense.": "feed_forward.to_out.",
    "output.LayerNorm.": "feed_forward_norm.",
}


def encoder(config: Settings) -> SentenceEncoder:
    """The encoder of these settings, its weights still to come; ValueError for a setting that it does not have."""
    for name, wanted in (
        ("hidden_act", "gelu"),
        ("layer_norm_eps", EPSILON),
        ("position_embedding_type", "absolute"),
    ):
        if config.get(name, wanted) != wanted:
            raise ValueError(f"{name}: takes {wanted}; this model has {config[name]!r}")
    return SentenceEncoder(
        EncoderConfig(
            vocabulary=config["vocab_size"],
            width=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            hidden=config["intermediate_size"],
            context=config["max_position_embeddings"],
            segments=config["type_vocab_size"],
        )
    )


def renamed(name: str, tensor: Tensor, config: Settings) -> dict[str, Tensor]:
    """A published tensor under our name; nothing for the pooler, which mean pooling replaces, and stored positions."""
    ours = name.removeprefix("bert.")
    if ours.startswith("pooler.") or ours == "embeddings.position_ids":
        return {}
    for theirs, here in NAMES.items():
        ours = ours.replace(theirs, here)
    return {f"encoder.{ours}": tensor}
