"""The base decoder, about 1.8M parameters: ``python -m models.training.decoder``."""

from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import DecoderConfig

RECIPE = Recipe(
    name="decoder",
    config=DecoderConfig(
        vocabulary=1024, width=192, layers=4, heads=8, kv_heads=4, head_width=24, hidden=512, context=128
    ),
    plan=Plan(steps=6000, learning_rate=3e-3, warm_up=200),
    mixture="recall",
    repeated=0.1,
)

CHECKPOINTS = {"decoder": Made(lambda: shipped_metrics("decoder"))}


if __name__ == "__main__":
    make(RECIPE, arguments(__doc__).parse_args())
