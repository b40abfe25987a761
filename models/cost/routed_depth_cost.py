"""What a decoder with one routed block computes, counted in floating-point operations of its matrix products.

A multiplication with its addition is two operations. Norms, activations, biases and the softmax are left out.

Symbols
    T  tokens of a text      D  width         A  width of all heads together
    k  tokens that enter     F  hidden size   C  classes
"""

from models.transformer.decoder import DecoderConfig
from models.transformer.mixture_of_depths import PREDICTOR_WIDTH, RoutedConfig


def attention_flops(n: int, c: DecoderConfig) -> int:
    """8nDA + 4n²A: four projections, every query with every key, every weight with its value."""
    width = c.heads * c.head_width
    return 8 * n * c.width * width + 4 * n * n * width


def routed_block_flops(k: int, c: DecoderConfig) -> int:
    """8kDA + 4k²A + 6kDF: attention among the k tokens that enter, and their MLP with a gate."""
    return attention_flops(k, c) + 6 * k * c.width * c.hidden


def router_flops(tokens: int, c: DecoderConfig) -> int:
    """2TD: one product for every token, whether it enters or not."""
    return 2 * tokens * c.width


def predictor_flops(tokens: int, c: DecoderConfig) -> int:
    """2T(DP + P): the small MLP of hidden size P that replaces the choice at sampling."""
    return 2 * tokens * (c.width * PREDICTOR_WIDTH + PREDICTOR_WIDTH)


def shared_flops(tokens: int, c: RoutedConfig) -> int:
    """8TDA + 4T²A + 2TDC: the block that every token passes, and the output head."""
    return attention_flops(tokens, c.decoder) + 2 * tokens * c.decoder.width * c.classes
