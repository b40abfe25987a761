"""Loss curves of deep, narrow transformers with and without warm-up: ``python -m models.training.warm_up``.

Five trainings of each arm side by side, those with and without warm-up in one batch. The checkpoint holds the curves
alone, as ``<layers>.<norm>.<warm-up>`` (N, points), and those of a recurrent model with attention as ``recurrent``.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 5.3, equation 3 (the rate rises in a line and falls
with the root of the step; Adam with β₂ = 0.98, without weight decay); Xiong et al. 2020, "On Layer Normalization in the
Transformer Architecture".
"""

import math
import time
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.attention.luong import DotScore, GlobalAlignment
from models.checkpoints import load_state
from models.data.tok_sentences import END, PAD, SYMBOLS, sentences
from models.language.from_states import shifted_right
from models.recurrence.sequence_to_sequence import SequenceToSequence
from models.seeding import generator, seeded
from models.training.finish import finish
from models.training.loop import Plan
from models.training.options import arguments
from models.training.recipes import Made
from models.training.side_by_side import SideBySide
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig
from models.transformer.pre_norm_encoder_decoder import PreNormEncoderDecoder

NAME = "warm_up"
TRAININGS, ROWS = 5, 8
STEPS, WARM_UP, PEAK = 370, 100, 3e-3
EVERY = 10
"""Steps whose losses make one point of a curve."""
WIDTH, GRU_WIDTH = 32, 107
NORMS: Mapping[str, type[EncoderDecoder]] = {"post": EncoderDecoder, "pre": PreNormEncoderDecoder}
DEPTHS = 8, 2
BETAS, EPSILON = (0.9, 0.98), 1e-9


def config(layers: int) -> EncoderDecoderConfig:
    return EncoderDecoderConfig(SYMBOLS, WIDTH, layers, heads=4, hidden=2 * WIDTH)


def recurrent() -> nn.Module:
    return SequenceToSequence(SYMBOLS, GRU_WIDTH, GlobalAlignment(DotScore()))


def learning_rate(step: int, warm_up: int, peak: float = PEAK, rises: bool = True) -> float:
    """peak · min(√(w/s), s/w), the paper's rate in units of its peak; where it does not rise, the peak until s = w."""
    return peak * min(math.sqrt(warm_up / step), step / warm_up if rises else 1.0)


def batch(draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Sentences to translate for each training: source (N, B, S) and target (N, B, T)."""
    source, target = sentences(TRAININGS * ROWS, draws)
    return source.unflatten(0, (TRAININGS, ROWS)), target.unflatten(0, (TRAININGS, ROWS))


class SlowedAdam:
    """Adam (Kingma & Ba 2014, algorithm 1) with a learning rate of its own for each of N models side by side."""

    def __init__(self, weights: list[Tensor]) -> None:
        self.weights, self.step = weights, 0
        self.m, self.v = ([torch.zeros_like(w) for w in weights] for _ in range(2))

    @torch.no_grad()
    def update(self, gradients: tuple[Tensor, ...], rates: Tensor) -> None:
        self.step += 1
        b1, b2 = BETAS
        for w, g, m, v in zip(self.weights, gradients, self.m, self.v, strict=True):
            m.mul_(b1).add_(g, alpha=1 - b1)
            v.mul_(b2).addcmul_(g, g, value=1 - b2)
            spread = (v / (1 - b2**self.step)).sqrt_().add_(EPSILON)
            w.sub_(rates.view(-1, *[1] * (w.ndim - 1)) * (m / (1 - b1**self.step)) / spread)


def curves(build: Callable[[], nn.Module], rises: tuple[bool, ...], steps: int, masked: bool = True) -> Tensor:
    """Loss curves (arms, N, points), nats per word; one arm for each of ``rises``, all on the same sentences.

    ``masked``: whether the model takes a mask for the padding of its source.
    """
    models = SideBySide([seeded(build, seed) for _ in rises for seed in range(TRAININGS)])
    weights = list(models.parameters())
    adam, draws, found = SlowedAdam(weights), generator(0), []
    for step in range(1, steps + 1):
        source, target = (part.repeat(len(rises), 1, 1) for part in batch(draws))
        read = shifted_right(target.flatten(0, 1), END).view_as(target)
        mask = [(source != PAD)[:, :, None, None]] if masked else []
        logits = models(source, read, *mask)
        losses = cross_entropy(logits.flatten(0, 2), target.flatten(), ignore_index=PAD, reduction="none")
        losses = losses.view(len(source), -1).sum(dim=1) / (target != PAD).flatten(1).sum(dim=1)
        rates = [learning_rate(step, WARM_UP, rises=one) for one in rises for _ in range(TRAININGS)]
        adam.update(torch.autograd.grad(losses.sum(), weights), torch.tensor(rates))
        found.append(losses.detach())
        if step % 50 == 0:
            print(step, [round(loss, 2) for loss in losses.tolist()], flush=True)
    by_point = torch.stack(found, dim=1)[:, : steps // EVERY * EVERY].unflatten(1, (-1, EVERY)).mean(dim=2)
    return by_point.unflatten(0, (len(rises), TRAININGS))


def measured(state: Mapping[str, Tensor]) -> dict[str, float]:
    """Mean loss of the five trainings over the last three points, nats per word."""
    return {f"last loss, {arm}": curve[:, -3:].mean().item() for arm, curve in state.items()}


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    steps, started, state = max(30, options.steps or STEPS), time.perf_counter(), dict[str, Tensor]()
    for layers in DEPTHS:
        for norm, kind in NORMS.items():
            both = curves(lambda kind=kind, layers=layers: kind(config(layers)), (True, False), steps)
            state |= {f"{layers}.{norm}.{arm}": curve for arm, curve in zip(("warm-up", "none"), both, strict=True)}
    state["recurrent"] = curves(recurrent, (True,), steps, masked=False)[0]
    state = {arm: curve.half().float() for arm, curve in state.items()}
    finish(
        NAME, seeded(lambda: EncoderDecoder(config(DEPTHS[0])), 0), Plan(steps, PEAK, WARM_UP), options,
        measured(state), state=state, data="sentences to translate into Tok, fresh at every step", batch=ROWS,
        trainings=TRAININGS, recurrent_parameters=sum(p.numel() for p in seeded(recurrent, 0).parameters()),
        seconds=round(time.perf_counter() - started, 1),
    )  # fmt: skip


CHECKPOINTS = {NAME: Made(lambda: measured(load_state(NAME)))}


if __name__ == "__main__":
    main()
