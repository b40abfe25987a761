"""The sizes of the first readers that were trained on text alone and then fine-tuned, and their weights counted.

Sources: Devlin et al. 2018, "BERT", section 3; Liu et al. 2019, "RoBERTa"; Radford et al. 2018, "Improving Language
Understanding by Generative Pre-Training", section 4.1; vocabularies and positions as the published configurations say.
The models are built here without memory for their weights, so what is counted is the architecture that runs.
"""

from collections.abc import Mapping
from functools import cache

from torch import nn

from models.parameter_count import parameter_count
from models.seeding import unfilled
from models.transformer.encoder import Encoder, EncoderConfig
from models.transformer.generative_pretraining import GPT1, GPT1Config

READERS: Mapping[str, EncoderConfig | GPT1Config] = {
    "BERT base": EncoderConfig(30_522, 768, 12, 12, 3072, 512),
    "BERT large": EncoderConfig(30_522, 1024, 24, 16, 4096, 512),
    "RoBERTa large": EncoderConfig(50_265, 1024, 24, 16, 4096, 514, segments=1),
    "GPT-1": GPT1Config(40_478, 768, 12, 12, 3072, 512),
}
"""Name → sizes."""

PARTS = {
    "position_embedding": "positions and segments", "segment_embedding": "positions and segments", "norm": "norms",
    "embedding": "token embedding", "attention.": "attention", "feed_forward.": "feed-forward", "pool": "pooler",
}  # fmt: skip
"""What the name of a weight contains → the component it belongs to; the first that fits."""


def built(config: EncoderConfig | GPT1Config) -> nn.ModuleDict:
    """The reader without weights, and BERT's pooler beside an encoder."""
    with unfilled():
        if isinstance(config, GPT1Config):
            return nn.ModuleDict({"reader": GPT1(config)})
        return nn.ModuleDict({"reader": Encoder(config), "pool": nn.Linear(config.width, config.width)})


@cache
def weights_by_component(name: str) -> Mapping[str, int]:
    """Component → weights, in the order in which data meet them."""
    found = dict.fromkeys(
        ("token embedding", "positions and segments", "attention", "feed-forward", "norms", "pooler"), 0
    )
    for weight, tensor in built(READERS[name]).named_parameters():
        part = next(part for piece, part in PARTS.items() if piece in weight)
        found[part] += tensor.numel()
    return {part: count for part, count in found.items() if count}


@cache
def total_weights(name: str) -> int:
    """All weights of a reader; the output matrix is the token embedding once more and counts once."""
    return parameter_count(built(READERS[name]))
