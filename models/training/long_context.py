"""The RoPE decoder of length 64 trained on at length 256: ``python -m models.training.long_context``.

Paper: Xiong et al. 2023, "Effective Long-Context Scaling of Foundation Models", section 2.1: go on with the
pretrained weights at longer sequences, for a small part of the tokens.
"""

import dataclasses

from models.training import positions
from models.training.language import make
from models.training.loop import Plan
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made

SHORT, CONTEXT = positions.recipe("rope"), 256
RECIPE = dataclasses.replace(
    SHORT,
    name="decoder_long_context",
    base=SHORT.name,
    config=dataclasses.replace(SHORT.config, context=CONTEXT),
    plan=Plan(steps=600, learning_rate=1e-3, warm_up=50),
    batch=8,
)

AFTER = ("positions",)
CHECKPOINTS = {RECIPE.name: Made(lambda: shipped_metrics(RECIPE.name, positions.metrics))}


if __name__ == "__main__":
    make(RECIPE, arguments(__doc__).parse_args())
