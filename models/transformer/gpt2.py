"""GPT-2: a decoder with learned positions, LayerNorm, a bias everywhere and a GELU feed-forward layer.

Paper: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.3 (the norm moved before
each part, one more after the last); section 2 of Radford et al. 2018 for what is unchanged.
"""

from functools import partial

from torch import nn
from torch.nn.functional import gelu

from models.layers.feed_forward import FeedForward
from models.position.learned import LearnedPosition
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.qwen import attentions

GELU = partial(gelu, approximate="tanh")
"""½x (1 + tanh(√(2/π)(x + 0.044715 x³))), as OpenAI's code has it in place of x Φ(x)."""


def gpt2(config: DecoderConfig, epsilon: float = 1e-5) -> Decoder:
    """A decoder of GPT-2's parts, its weights still to come; every query head has its own key/value head."""
    positions = LearnedPosition(config.context, config.width)
    model = Decoder(config, positions, partial(FeedForward, activation=GELU), partial(nn.LayerNorm, eps=epsilon))
    for attention in attentions(model):
        for name in ("to_q", "to_k", "to_v", "to_out"):
            plain = getattr(attention, name)
            setattr(attention, name, nn.Linear(plain.in_features, plain.out_features))
    return model
