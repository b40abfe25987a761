"""A draft model, a tenth of the base decoder and of the same vocabulary: ``python -m models.training.draft``.

Speculative decoding (Leviathan et al. 2022) needs a cheap guess that the base decoder often agrees with.
"""

from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import DecoderConfig

RECIPE = Recipe(
    name="draft",
    config=DecoderConfig(
        vocabulary=1024, width=80, layers=2, heads=5, kv_heads=5, head_width=16, hidden=216, context=128
    ),
    plan=Plan(steps=4000, learning_rate=3e-3, warm_up=200),
    mixture="recall",
    repeated=0.1,
)

CHECKPOINTS = {"draft": Made(lambda: shipped_metrics("draft"))}


if __name__ == "__main__":
    make(RECIPE, arguments(__doc__).parse_args())
