"""How large the gradients of each layer are before the first step of training.

Paper: Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture", section 3.2, theorem 1, and
figure 3, which shows this norm for the second matrix of each feed-forward part.

Symbols
    L  layers of a stack        W₂  second matrix of a layer's feed-forward part
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.transformer.encoder_decoder import EncoderDecoder


def gradient_norms(model: EncoderDecoder, source: Tensor, read: Tensor, target: Tensor) -> Tensor:
    """‖∂loss/∂W₂‖ of every layer of the encoder, then of the decoder: (2, L)."""
    matrices = [block.feed_forward.to_out.weight for stack in (model.encoder, model.decoder) for block in stack]
    with torch.enable_grad():
        weights = [matrix.requires_grad_() for matrix in matrices]
        loss = cross_entropy(model(source, read)[0].flatten(0, 1), target.flatten())
        gradients = torch.autograd.grad(loss, weights)
    return torch.stack([gradient.norm() for gradient in gradients]).view(2, -1)
