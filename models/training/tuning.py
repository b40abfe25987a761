"""What recipes share that go on from a trained decoder: rows, free replies, and saving only what changed."""

import argparse
import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.checkpoints import load_card
from models.language.chat_turns import ENDS
from models.language.generation import Choose, continuation, likeliest
from models.language.pretrained_decoders import pretrained
from models.tokenization.tokenizer import END, PAD, decode, ids_of
from models.transformer.decoder import Decoder


def trainable_copy(name: str, device: str) -> Decoder:
    """The decoder of that checkpoint, to be changed."""
    return copy.deepcopy(pretrained(name, device)).requires_grad_(True).train()


def thaw_last(decoder: Decoder, blocks: int) -> None:
    """Only the last blocks and the final norm may change."""
    decoder.requires_grad_(False)
    decoder.blocks[-blocks:].requires_grad_(True)
    decoder.norm.requires_grad_(True)


def changed(model: nn.Module) -> dict[str, Tensor]:
    """The weights that were trained: all that the checkpoint has to hold beside its base."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def padded_rows(texts: Sequence[Sequence[int]], length: int) -> Tensor:
    """(N, T), padding on the right."""
    rows = torch.full((len(texts), length), PAD)
    for row, ids in enumerate(texts):
        rows[row, : len(ids)] = torch.tensor(ids)
    return rows


def architecture_of(name: str) -> dict[str, object]:
    return load_card(name)["architecture"]


def replies(model: Decoder, prompts: Sequence[str], steps: int, choose: Choose = likeliest) -> list[str]:
    """What the model says to each prompt until it ends its turn, greedily unless told how to ``choose``."""
    by_length: dict[int, list[int]] = {}
    rows = [[END, *ids_of(prompt)] for prompt in prompts]
    for index, row in enumerate(rows):
        by_length.setdefault(len(row), []).append(index)  # prompts of one length go through together
    said = [""] * len(prompts)
    for indices in by_length.values():
        ids = torch.tensor([rows[index] for index in indices], device=model.embedding.weight.device)
        for index, new in zip(indices, continuation(model, ids, steps, choose, END).tolist(), strict=True):
            stop = next((i for i, token in enumerate(new) if token in ENDS), len(new))
            said[index] = decode(new[:stop])
    return said


def tuning_arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    options = parser.parse_args()
    torch.set_num_threads(1)
    return options
