"""Small readers of stories, loaded from their checkpoints, and classifiers that start from them.

``models.training.story_readers`` makes them: three trainings of each variant, all of equal sizes.
"""

from functools import cache
from typing import Literal, get_args

from torch import Tensor

from models.attention.masks import causal_mask
from models.checkpoints import restored
from models.data.handed_over import PAD, VOCABULARY
from models.data.handed_over_rows import LENGTH
from models.seeding import seeded
from models.transformer.encoder import EncoderConfig
from models.transformer.generative_pretraining import GPT1, GPT1Config
from models.transformer.pretraining_heads import PretrainingEncoder
from models.transformer.text_classifier import DecoderClassifier, EncoderClassifier, ReadAt

SIZES = {"vocabulary": VOCABULARY, "width": 40, "layers": 2, "heads": 4, "hidden": 80, "context": LENGTH}
ENCODER, DECODER = EncoderConfig(**SIZES), GPT1Config(**SIZES)
TRAININGS = 3
EncoderVariant = Literal["as published", "causal mask", "words shuffled", "always masked"]
DecoderVariant = Literal["next token", "next token, words shuffled"]
ENCODERS: tuple[EncoderVariant, ...] = get_args(EncoderVariant)
DECODERS: tuple[DecoderVariant, ...] = get_args(DecoderVariant)


def name_of(variant: str) -> str:
    return f"story_reader_{variant.replace(', ', '_').replace(' ', '_')}"


def mask_of(ids: Tensor, variant: str) -> Tensor:
    """Which keys each query may attend to: all real tokens, or those of them that do not come later. (…, 1, T, T)"""
    real = (ids != PAD)[..., None, None, :]  # (..., 1, 1, T)
    return real & causal_mask(ids.shape[-1], device=ids.device) if variant == "causal mask" else real


@cache
def encoder(variant: EncoderVariant, training: int, device: str = "cpu") -> PretrainingEncoder:
    """The encoder of one training; share it."""
    return restored(lambda: PretrainingEncoder(ENCODER), name_of(variant), device, own=f"{training}.")


@cache
def decoder(variant: DecoderVariant, training: int, device: str = "cpu") -> GPT1:
    """The decoder of one training; share it."""
    return restored(lambda: GPT1(DECODER), name_of(variant), device, own=f"{training}.")


def encoder_classifier(
    variant: EncoderVariant | None, seed: int, read_at: ReadAt = "first token", causal: bool = False
) -> EncoderClassifier:
    """A classifier before fine-tuning: a pre-trained one, or one with a random start where the variant is None.

    The seed picks the training, and the new layer.
    """
    model = seeded(lambda: EncoderClassifier(ENCODER, read_at=read_at, causal=causal), seed)
    if variant is not None:
        trained = encoder(variant, seed % TRAININGS)
        model.encoder.load_state_dict(trained.encoder.state_dict())
        model.pool.load_state_dict(trained.next_sentence.pool.state_dict())
    return model


def decoder_classifier(variant: DecoderVariant | None, seed: int, read_at: ReadAt = "last word") -> DecoderClassifier:
    """The same for a decoder."""
    model = seeded(lambda: DecoderClassifier(DECODER, read_at=read_at), seed)
    if variant is not None:
        model.decoder.load_state_dict(decoder(variant, seed % TRAININGS).state_dict())
    return model
