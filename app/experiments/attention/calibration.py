"""What the attention layers of the trained multi-head model read, over texts that nothing is judged on."""

from typing import cast

import torch
from torch import Tensor

from app.experiments.attention.quality_cost import LENGTH, new_texts
from app.experiments.memo import memo
from models.language.pretrained_decoders import pretrained
from models.transformer.decoder import DecoderBlock

CHECKPOINT = "decoder_multi_head"
CALIBRATION_ROWS = 24


@memo
@torch.no_grad()
def calibration(device: str) -> list[Tensor]:
    """E[x xᵀ] of what each layer's attention reads, (D, D) per layer, over texts of the training's kinds."""
    model = pretrained(CHECKPOINT, device)
    _, trace = model(new_texts(CHECKPOINT, "calibration", 0, CALIBRATION_ROWS, LENGTH).to(device))
    norms = [cast(DecoderBlock, block).attention_norm for block in model.blocks]
    read = [norm(x).flatten(0, 1).double() for norm, x in zip(norms, trace.residual)]
    return [x.T @ x / len(x) for x in read]
