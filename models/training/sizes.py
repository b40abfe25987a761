"""Three sizes of one recipe, from one layer to about 1M parameters: ``python -m models.training.sizes``.

Everything but the size is the same: texts, steps, tokens, learning rate.
"""

from functools import partial

from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import DecoderConfig

SIZES = {
    "small": DecoderConfig(
        vocabulary=1024, width=64, layers=1, heads=4, kv_heads=2, head_width=16, hidden=168, context=128
    ),
    "medium": DecoderConfig(
        vocabulary=1024, width=96, layers=2, heads=6, kv_heads=3, head_width=16, hidden=256, context=128
    ),
    "large": DecoderConfig(
        vocabulary=1024, width=144, layers=4, heads=6, kv_heads=3, head_width=24, hidden=384, context=128
    ),
}


def recipe(size: str) -> Recipe:
    return Recipe(
        name=f"decoder_{size}",
        config=SIZES[size],
        plan=Plan(steps=9000, learning_rate=3e-3, warm_up=200),
        mixture="recall",
        repeated=0.1,
    )


CHECKPOINTS = {recipe(size).name: Made(partial(shipped_metrics, recipe(size).name), f"--size {size}") for size in SIZES}


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--size", choices=[*SIZES, "all"], default="all")
    options = parser.parse_args()
    for size in SIZES if options.size == "all" else [options.size]:
        make(recipe(size), options)
