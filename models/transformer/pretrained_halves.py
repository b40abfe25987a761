"""Small encoder-decoders that write lists again or translate into Tok, each loaded once; share them, do not train them.

``lists`` are read as one state per word or as their mean; ``tok`` was trained on targets shifted right or as they are.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from models.checkpoints import restored
from models.data import tok_sentences, word_lists
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.mean_source import MeanSource

TRAININGS = 3
LISTS = EncoderDecoderConfig(word_lists.SYMBOLS, width=40, layers=2, heads=4, hidden=80)
TOK = EncoderDecoderConfig(tok_sentences.SYMBOLS, width=32, layers=2, heads=4, hidden=64)
HALVES: Mapping[str, Mapping[str, Callable[[], EncoderDecoder]]] = {
    "list_halves": {"states": lambda: EncoderDecoder(LISTS), "mean": lambda: MeanSource(LISTS)},
    "tok_halves": {"shifted": lambda: EncoderDecoder(TOK), "not shifted": lambda: EncoderDecoder(TOK)},
}
"""Checkpoint → kind → how to build it."""


@lru_cache(maxsize=32)
def halves(group: str, kind: str, training: int = 0, device: str = "cpu") -> EncoderDecoder:
    """One of the models of a checkpoint ``group``, by its kind and which of the TRAININGS it is."""
    return restored(HALVES[group][kind], group, device, own=f"{training}.{kind}.")
