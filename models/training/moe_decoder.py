"""A mixture-of-experts decoder: ``python -m models.training.moe_decoder``, and with ``--balance off`` its collapse.

Eight experts a layer, two for each token. The pair differs in one number, the load-balancing coefficient of
Fedus et al. 2021, "Switch Transformers", section 2.2.
"""

from functools import partial

from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import DecoderConfig

COEFFICIENTS = {"on": 0.01, "off": 0.0}


def recipe(balance: str) -> Recipe:
    return Recipe(
        name="moe_decoder" if balance == "on" else "moe_decoder_collapsed",
        config=DecoderConfig(
            vocabulary=1024, width=128, layers=2, heads=8, kv_heads=4, head_width=16, hidden=96, context=128
        ),
        plan=Plan(steps=2000, learning_rate=3e-3, warm_up=200),
        mixture="recall",
        feed_forward="mixture",
        batch=16,
        repeated=0.1,
        balance=COEFFICIENTS[balance],
    )


CHECKPOINTS = {
    recipe(balance).name: Made(partial(shipped_metrics, recipe(balance).name), f"--balance {balance}")
    for balance in COEFFICIENTS
}


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--balance", choices=[*COEFFICIENTS, "both"], default="on")
    options = parser.parse_args()
    for balance in COEFFICIENTS if options.balance == "both" else [options.balance]:
        make(recipe(balance), options)
