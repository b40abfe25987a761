"""Trained models of text that are no plain decoders, each loaded once a process and device; share, do not train.

Decoders, the tuned ones too, come from ``models.language.pretrained``.
"""

from functools import cache

from models.checkpoints import load_card, load_whole_state, restored
from models.language.pretrained import build
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
