"""Trained models of text that are no plain decoders, each loaded once a process and device; share, do not train.

Decoders, the tuned ones too, come from ``models.language.pretrained_decoders``.
"""

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import TypeVar

import torch
from torch import nn

from models.attention.bigram_attention import BigramAttention
from models.attention.narrow_head import NarrowHead
from models.attention.offset_copier import OffsetCopier
from models.attention.sparse_selection import SparseSelection
from models.attention.streaming import StreamingAttention
from models.checkpoints import load_card, load_state, load_whole_state, restored
from models.language.pretrained_decoders import build
from models.seeding import unfilled
from models.statespace.sequence_model import SequenceModel, sequence_model
from models.transformer.encoder import EncoderConfig
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.pretraining_heads import PretrainingEncoder
from models.tuning.reward import RewardModel

M = TypeVar("M", bound=nn.Module)


@cache
def masked_encoder(device: str = "cpu") -> PretrainingEncoder:
    config = EncoderConfig(**load_card("masked_encoder")["architecture"])
    return restored(lambda: PretrainingEncoder(config), "masked_encoder", device)


@cache
def translator(device: str = "cpu") -> EncoderDecoder:
    config = EncoderDecoderConfig(**load_card("translator")["architecture"])
    return restored(lambda: EncoderDecoder(config), "translator", device)


@cache
def reward_model(device: str = "cpu") -> RewardModel:
    card = load_card("reward_model")
    base = {f"decoder.{key}": weight for key, weight in load_whole_state(card["base"]).items()}
    return restored(lambda: RewardModel(build(**card["architecture"])), "reward_model", device, base)


@cache
def sequence(training: str, device: str = "cpu") -> SequenceModel:
    """``training``: mamba, s4d, s4d_delayed, retnet, gru or attention."""
    architecture = load_card(f"sequence_{training}")["architecture"]
    return restored(lambda: sequence_model(**architecture), f"sequence_{training}", device)


@lru_cache(maxsize=128)
def offset_copier(heads: int, places: int, training: int = 0, device: str = "cpu") -> OffsetCopier:
    """One of the small models that lie together in the checkpoint ``offset_copiers``."""
    sizes = load_card("offset_copiers")["architecture"]
    build = lambda: OffsetCopier(**sizes, heads=heads, places=places)
    return _part("offset_copiers", f"{training}.{heads}x{places}.", build).to(device)


@lru_cache(maxsize=128)
def narrow_head(key_width: int, relation: str, training: int = 0, device: str = "cpu") -> NarrowHead:
    """One of the small models that lie together in the checkpoint ``narrow_heads``."""
    sizes = load_card("narrow_heads")["architecture"]
    build = lambda: NarrowHead(**sizes, key_width=key_width)
    return _part("narrow_heads", f"{training}.{key_width}x{relation}.", build).to(device)


@cache
def sparse_selection(index_width: int, device: str = "cpu") -> SparseSelection:
    """The gates and the indexer of that width in the checkpoint ``sparse_selection``."""
    return _part("sparse_selection", f"{index_width}.", lambda: SparseSelection(index_width)).to(device)


def _part(checkpoint: str, own: str, build: Callable[[], M]) -> M:
    """A model whose weights lie in a checkpoint under names that begin with ``own``."""
    with torch.inference_mode(False):
        with unfilled():
            model = build()
        state = {k.removeprefix(own): w for k, w in load_state(checkpoint).items() if k.startswith(own)}
        model.load_state_dict(state, assign=True)
        return model.eval().requires_grad_(False)


@lru_cache(maxsize=256)
def sink_former(
    layers: int, snapshot: int = -1, device: str = "cpu", window: int | None = None, kept: range = range(0)
) -> BigramAttention:
    """One of the models that lie together in the checkpoint ``sinks``, at a point of its training.

    With a ``window``, behind a cache of that many recent tokens and those of ``kept``; the weights are the same.
    """
    sizes = load_card("sinks")["architecture"]
    behind = partial(StreamingAttention, window=window, kept=kept)
    with torch.inference_mode(False):
        with unfilled():
            model = BigramAttention(**sizes, layers=layers, **({} if window is None else {"attention": behind}))
        own = f"{layers}."
        state = {k.removeprefix(own): w[snapshot] for k, w in load_state("sinks").items() if k.startswith(own)}
        model.load_state_dict(state, assign=True)
        return model.to(device).eval().requires_grad_(False)
