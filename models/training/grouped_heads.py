"""The decoder of eight heads with two key/value heads from the first step: ``python -m models.training.grouped_heads``.

All but the key/value heads is as in ``decoder_multi_head``, whose eight are pooled to two for comparison.
"""

import dataclasses
from functools import partial

from models.training import positions
from models.training.language import Recipe, make
from models.training.metrics import shipped_metrics
from models.training.options import arguments
from models.training.recipes import Made

NAME = "decoder_grouped_query"


def recipe() -> Recipe:
    full = positions.recipe("rope")
    return dataclasses.replace(full, name=NAME, config=dataclasses.replace(full.config, kv_heads=2))


CHECKPOINTS = {NAME: Made(partial(shipped_metrics, NAME, positions.metrics))}


if __name__ == "__main__":
    make(recipe(), arguments(__doc__).parse_args())
