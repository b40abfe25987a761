"""What every checkpoint can do now, beside what its card says: ``python -m models.training.report [NAME ...]``.

All numbers are measured on texts that no training used. A number that has moved by more than 0.01 is marked. With
``--write`` the cards take over what was measured, as they must where a metric itself has changed.
"""

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from math import nan
from typing import Any

import torch

from models.checkpoints import CheckpointError, load_card, write_card
from models.language.pretrained import pretrained
from models.training import decoder, draft, induction, moe_decoder, positions, sizes
from models.training.language import Recipe

RECIPES: tuple[Recipe, ...] = (
    decoder.RECIPE,
    *map(positions.recipe, ("rope", "alibi", "learned", "sinusoidal", "none")),
    *map(moe_decoder.recipe, moe_decoder.COEFFICIENTS),
    *map(induction.recipe, (2, 1)),
    *map(sizes.recipe, sizes.SIZES),
    draft.RECIPE,
)
"""The language models, in the order in which ``python -m models.training`` makes them."""


def measured(recipe: Recipe) -> Mapping[str, float]:
    """The metrics of a language model as it was read from disk."""
    return recipe.measure(pretrained(recipe.name), recipe.mixture)


MEASURES: Mapping[str, Callable[[], Mapping[str, float]]] = {
    recipe.name: partial(measured, recipe) for recipe in RECIPES
}
"""How to measure a checkpoint again, by its name."""


def lines(card: Mapping[str, Any], now: Mapping[str, float]) -> list[str]:
    """A heading, and a line a metric: now, on the card, and a mark where they differ."""
    told: Mapping[str, float] = card["metrics"]
    made = f"{card['steps']:,} steps, {card['seconds']:.0f} s on {card['device']}"
    width = max(map(len, now))
    table = [f"  {name:{width}}  {value:8.4f}  {told.get(name, nan):8.4f}" for name, value in now.items()]
    moved = [not abs(value - told.get(name, nan)) <= 0.01 for name, value in now.items()]
    return [
        f"{card['name']}: {card['parameters']:,} parameters, {made}",
        f"  {'':{width}}       now      card",
        *(line + "  *" * mark for line, mark in zip(table, moved)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these checkpoints")
    parser.add_argument("--write", action="store_true", help="put the numbers of now on the cards")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.names or MEASURES:
        try:
            card, now = load_card(name), MEASURES[name]()
        except CheckpointError as error:
            print(error, end="\n\n", flush=True)
            continue
        print("\n".join(lines(card, now)), end="\n\n", flush=True)
        if options.write:
            write_card(name, card | {"metrics": {metric: round(value, 4) for metric, value in now.items()}})


if __name__ == "__main__":
    main()
