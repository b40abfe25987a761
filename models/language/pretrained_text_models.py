"""Trained models of text that are no plain decoders, each loaded once a process and device; share, do not train.

Decoders, the tuned ones too, come from ``models.language.pretrained_decoders``.
"""

from functools import cache, lru_cache, partial

import torch

from models.attention.bigram_attention import BigramAttention
from models.attention.offset_copier import OffsetCopier
from models.attention.streaming import StreamingAttention
from models.checkpoints import load_card, load_state, load_whole_state, restored
from models.language.pretrained_decoders import build
from models.seeding import unfilled
from models.statespace.sequence_model import SequenceModel, sequence_model
from models.transformer.encoder import EncoderConfig
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.pretraining_heads import PretrainingEncoder
from models.tuning.reward import RewardModel


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
def sequence(kind: str, device: str = "cpu") -> SequenceModel:
    """``kind``: mamba, retnet, gru or attention."""
    architecture = load_card(f"sequence_{kind}")["architecture"]
    return restored(lambda: sequence_model(**architecture), f"sequence_{kind}", device)


@cache
def offset_copier(heads: int, places: int, device: str = "cpu") -> OffsetCopier:
    """One of the small models that lie together in the checkpoint ``offset_copiers``."""
    with torch.inference_mode(False):
        with unfilled():
            model = OffsetCopier(**load_card("offset_copiers")["architecture"], heads=heads, places=places)
        own = f"{heads}x{places}."
        state = {k.removeprefix(own): w for k, w in load_state("offset_copiers").items() if k.startswith(own)}
        model.load_state_dict(state, assign=True)
        return model.to(device).eval().requires_grad_(False)


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
