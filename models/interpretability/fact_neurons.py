"""Which neurons of the feed-forward layers carry a fact: those that are active and write towards its answer.

Paper: Geva et al. 2021, "Transformer Feed-Forward Layers Are Key-Value Memories", sections 2 and 4 (a neuron's output
vector as a distribution over tokens); Dai et al. 2022, "Knowledge Neurons in Pretrained Transformers", section 4
(neurons set to zero).

Symbols
    m  neurons of a layer at the last token (N, F)     W₂  its output matrix (D, F)     N  prompts     L  layers
    E  embeddings (V, D)        g  gain of the last norm (D,)        F  neurons of a layer       D  width
"""

from typing import Any, cast

import torch
from torch import Tensor

from models.attention.masks import causal_mask
from models.data.fact_prompts import Prompts
from models.transformer.decoder import Decoder


def push(output: Tensor, table: Tensor, gain: Tensor, answer: Tensor) -> Tensor:
    """(g ⊙ (E[a] − mean E)) W₂: how far each neuron, at 1, raises the answer's logit over the mean one. (N, F)"""
    return (gain * (table[answer] - table.mean(dim=0))) @ output


def written(neurons: Tensor, pushed: Tensor) -> Tensor:
    """mᵢ · push: what each neuron adds to the answer's logit, up to the last norm's division. (N, F)"""
    return neurons * pushed


def scores(model: Decoder, neurons: Tensor, answer: Tensor) -> Tensor:
    """``written`` for all layers side by side: neurons (N, L, F) give (N, L·F)."""
    gain = cast(Tensor, model.norm.weight)
    each = [
        written(neurons[:, layer], push(_output(model, layer), model.embedding.weight, gain, answer))  # (N, F)
        for layer in range(neurons.shape[1])
    ]
    return torch.cat(each, dim=1)


def _output(model: Decoder, layer: int) -> Tensor:
    return cast(Tensor, cast(Any, model.blocks[layer]).feed_forward.to_out.weight)


@torch.inference_mode()
def read(model: Decoder, prompts: Prompts, off: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Probability of each answer (N,), and the neurons at each last token (N, L, F).

    ``off`` (N, L·F) or (L·F,) says which neurons are set to zero, at every token of a prompt.
    """
    device = model.embedding.weight.device
    ids, rows, end = prompts.ids.to(device), torch.arange(len(prompts.ids), device=device), prompts.end.to(device)
    x, mask, found = model.embedding(ids), causal_mask(ids.shape[1], device=device), []
    for layer, block in enumerate(cast(Any, model.blocks)):
        x = x + block.attention(block.attention_norm(x), mask)[0]  # (N, T, D)
        update, trace = block.feed_forward(block.feed_forward_norm(x))
        neurons = trace.neurons  # (N, T, F)
        found.append(neurons[rows, end])
        if off is not None:
            F = neurons.shape[-1]
            keep = (~off[..., layer * F : (layer + 1) * F]).to(x)
            update = block.feed_forward.to_out(neurons * (keep[:, None] if keep.ndim > 1 else keep))
        x = x + update  # (N, T, D)
    p = model.unembed(x[rows, end]).softmax(dim=-1)[rows, prompts.answer.to(device)]  # (N,)
    return p, torch.stack(found, dim=1)
