"""A decoder that never attends further back than a window: ``python -m models.training.windowed``.

All but the window is as in ``decoder_multi_head``, on which the same window can be put afterwards.
"""

import dataclasses

import torch

from models.attention.masks import sliding_window_mask
from models.language.evaluation import token_losses
from models.language.pretrained_decoders import pretrained
from models.language.visible_context import loss_of_last, reach
from models.training import positions
from models.training.language import Recipe, make
from models.training.metrics import held_out_rows
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import Decoder

NAME = "decoder_windowed"
WINDOW = 6


@torch.inference_mode()
def metrics(model: Decoder, mixture: str) -> dict[str, float]:
    """Loss through the window; and that of a token when all positions in reach are given, or only the window's."""
    rows, far = held_out_rows(mixture, positions.CONTEXT), reach(model.config.layers, WINDOW)
    through = token_losses(model(rows, mask=sliding_window_mask(positions.CONTEXT, WINDOW))[0], rows)
    ends = held_out_rows(mixture, far + 1, rows=512)
    return {
        "loss_nats": through.mean().item(),
        "loss_of_the_reach_nats": loss_of_last(model, ends, far, WINDOW).mean().item(),
        "loss_of_the_window_nats": loss_of_last(model, ends, WINDOW, WINDOW).mean().item(),
    }


def recipe() -> Recipe:
    return dataclasses.replace(positions.recipe("rope"), name=NAME, window=WINDOW, measure=metrics)


CHECKPOINTS = {NAME: Made(lambda: metrics(pretrained(NAME), recipe().mixture))}


if __name__ == "__main__":
    make(recipe(), arguments(__doc__).parse_args())
