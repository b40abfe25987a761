"""The one-layer decoder on made-up mappings and nothing else: ``python -m models.training.mappings_alone``.

It reads about four times as many mappings as ``decoder_small``, of which they are a sixteenth of the text.
"""

from functools import partial

from models.data import corpus
from models.language.evaluation import accuracy, held_out_loss
from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import held_out_rows, shipped_metrics
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.sizes import SIZES
from models.transformer.decoder import Decoder

NAME = "mappings_alone"


def metrics(model: Decoder, mixture: str) -> dict[str, float]:
    """Loss on unseen texts, and the share of pairs completed in texts of combinations that training held."""
    samples = corpus.questions("mapping", 300, UNSEEN, "train")
    return {
        "loss_nats": held_out_loss(model, held_out_rows(mixture, model.config.context).split(32)),
        "accuracy_mapping": accuracy(model, list(map(corpus.encoded, samples))),
    }


RECIPE = Recipe(
    name=NAME,
    config=SIZES["small"],
    plan=Plan(steps=2500, learning_rate=3e-3, warm_up=200),
    mixture="mappings",
    corpus_tokens=4_000_000,
    measure=metrics,
)

CHECKPOINTS = {NAME: Made(partial(shipped_metrics, NAME, metrics))}

if __name__ == "__main__":
    make(RECIPE, arguments(__doc__).parse_args())
