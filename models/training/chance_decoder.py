"""A small decoder of texts whose probabilities are known: ``python -m models.training.chance_decoder``."""

from collections.abc import Sequence
from functools import partial

import torch

from models.data.dice import Dice
from models.data.known_chance import Beginning, drawn
from models.language.evaluation import held_out_loss
from models.language.next_word import last_residual, next_logits, next_probabilities, over_vocabulary
from models.layers.softmax import total_variation
from models.training.language import Recipe, make
from models.training.loop import Plan
from models.training.metrics import held_out_rows, shipped_metrics
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.transformer.decoder import Decoder, DecoderConfig

NAME = "chance_decoder"
KINDS = ("walks", "crowd", "trades", "hiring")


@torch.inference_mode()
def distance(model: Decoder, beginnings: Sequence[Beginning]) -> float:
    """Mean total variation distance of predicted and true probabilities."""
    p = next_probabilities(next_logits(last_residual(model, [one.text for one in beginnings]), model)).cpu()
    q = torch.stack([over_vocabulary(one.q, model.config.vocabulary) for one in beginnings])
    return total_variation(p, q).mean().item()


def metrics(model: Decoder, mixture: str) -> dict[str, float]:
    """Loss on unseen texts, and the distance from the truth for each kind."""
    beginnings = drawn(Dice(UNSEEN), 64)
    rows = held_out_rows(mixture, model.config.context)
    return {"loss_nats": held_out_loss(model, rows.split(32))} | {
        f"distance_{kind}": distance(model, [one for one in beginnings if one.kind == kind]) for kind in KINDS
    }


RECIPE = Recipe(
    name=NAME,
    config=DecoderConfig(
        vocabulary=1024, width=64, layers=2, heads=4, kv_heads=2, head_width=16, hidden=168, context=64
    ),
    plan=Plan(steps=5000, learning_rate=3e-3, warm_up=100),
    mixture="chance",
    batch=24,
    corpus_tokens=6_000_000,
    measure=metrics,
)

CHECKPOINTS = {NAME: Made(partial(shipped_metrics, NAME, metrics))}

if __name__ == "__main__":
    make(RECIPE, arguments(__doc__).parse_args())
