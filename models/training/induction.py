"""Attention-only decoders that learn to copy from their context: ``python -m models.training.induction``.

Saved at twenty points of the training, so that the induction head can be watched as it forms. With ``--layers 1``
the control: one layer cannot compose a previous-token head with a matching head, so it never learns this.

Paper: Olsson et al. 2022, "In-context Learning and Induction Heads", arguments 1 and 2.
"""

from functools import partial

from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made
from models.transformer.decoder import DecoderConfig

SNAPSHOTS = (*range(150, 1350, 150), *range(1350, 1750, 50), 1850, 2000, 2300, 3000)  # dense where the head forms


def recipe(layers: int) -> Recipe:
    return Recipe(
        name="induction" if layers == 2 else "induction_one_layer",
        config=DecoderConfig(
            vocabulary=1024, width=64, layers=layers, heads=4, kv_heads=4, head_width=16, hidden=0, context=64
        ),
        plan=Plan(steps=SNAPSHOTS[-1], learning_rate=4e-3, warm_up=100),
        mixture="induction",
        feed_forward="none",
        batch=32,
        corpus_tokens=4_000_000,
        repeated=0.5,
        snapshots=SNAPSHOTS if layers == 2 else (),
    )


CHECKPOINTS = {
    recipe(layers).name: Made(partial(shipped_metrics, recipe(layers).name), f"--layers {layers}") for layers in (2, 1)
}


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--layers", type=int, choices=(1, 2), default=2)
    options = parser.parse_args()
    make(recipe(options.layers), options)
