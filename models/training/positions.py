"""One small multi-head decoder for each way to tell positions: ``python -m models.training.positions --scheme alibi``.

All are trained at length 64, so that what happens beyond it can be seen. The one with RoPE is ``decoder_multi_head``,
whose key/value heads can also be pooled.
"""

from functools import partial

from models.language.evaluation import loss_by_position
from models.language.pretrained_decoders import POSITIONS
from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import held_out_rows, language_metrics, shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import Decoder, DecoderConfig

CONTEXT = 64


def metrics(model: Decoder, mixture: str) -> dict[str, float]:
    """The usual, and the loss at places up to and beyond the trained length."""
    losses = loss_by_position(model, held_out_rows(mixture, 8 * CONTEXT))
    bands = {f"loss_nats_to_{end}": losses[end // 2 : end].mean().item() for end in (CONTEXT, 128, 256, 512)}
    return language_metrics(model, mixture) | bands


def recipe(scheme: str) -> Recipe:
    return Recipe(
        name="decoder_multi_head" if scheme == "rope" else f"decoder_{scheme}_position",
        config=DecoderConfig(
            vocabulary=1024, width=128, layers=3, heads=8, kv_heads=8, head_width=16, hidden=256, context=CONTEXT
        ),
        plan=Plan(steps=3000, learning_rate=3e-3, warm_up=200),
        mixture="recall",
        position=scheme,
        batch=32,
        repeated=0.1,
        measure=metrics,
    )


CHECKPOINTS = {
    recipe(scheme).name: Made(partial(shipped_metrics, recipe(scheme).name, metrics), f"--scheme {scheme}")
    for scheme in POSITIONS
}


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--scheme", choices=[*POSITIONS, "all"], default="rope")
    options = parser.parse_args()
    for scheme in POSITIONS if options.scheme == "all" else [options.scheme]:
        make(recipe(scheme), options)
