"""A text read token by token: what the model says after each, and what its cache then holds."""

import torch
from torch import Tensor

from models.serving.kv_cache import KVCache
from models.serving.rolling_buffer import EVERYTHING_HELD
from models.transformer.decoder import Decoder


def read_by_token(model: Decoder, ids: Tensor, caches: KVCache) -> tuple[Tensor, Tensor]:
    """Logits (T, V) of a text read token by token, and the bytes held after each."""
    held, logits = [], []
    for token in ids[0]:
        y, _ = model(token.view(1, 1), caches, mask=EVERYTHING_HELD.to(ids.device))
        logits.append(y[0, 0])
        held.append(caches.bytes())
    return torch.stack(logits), torch.tensor(held)


def full_bytes(model: Decoder, ids: Tensor) -> Tensor:
    """Bytes of a cache that forgets nothing, after every token of the text."""
    cache = model.new_cache()
    model(ids, cache)
    held = []
    for tokens in range(ids.shape[1], 0, -1):
        cache.truncate(tokens)
        held.append(cache.bytes())
    return torch.tensor(held[::-1])
