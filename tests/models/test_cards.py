"""Every language model is what its recipe makes, and does what its card says: the quick part of ``make models``."""

import pytest

from models.checkpoints import DIRECTORY, load_card
from models.language.evaluation import held_out_loss, repetition_metrics
from models.language.pretrained_decoders import pretrained
from models.training.metrics import held_out_rows, recall_metrics, word_tokens
from tests.fingerprints import fingerprint_of_card
from tests.models.test_training import RECIPES
from tests.verified import stands

SHIPPED = [recipe for recipe in RECIPES if (DIRECTORY / f"{recipe.name}.json").exists()]


@pytest.mark.parametrize("recipe", SHIPPED, ids=lambda recipe: recipe.name)
def test_a_card_that_changed_tells_what_its_model_does(recipe, request):
    if stands("checkpoint", recipe.name, fingerprint_of_card(recipe.name), request.config):
        return
    model, told = pretrained(recipe.name), load_card(recipe.name)["metrics"]
    now = recall_metrics(model) | repetition_metrics(model, word_tokens())
    now["loss_nats"] = held_out_loss(model, held_out_rows(recipe.mixture, model.config.context).split(32))
    assert {name: told[name] for name in now} == pytest.approx(now, abs=0.01)


@pytest.mark.parametrize("recipe", SHIPPED, ids=lambda recipe: recipe.name)
def test_a_checkpoint_is_what_its_recipe_makes_now(recipe):
    card = load_card(recipe.name)
    assert card["architecture"] == recipe.architecture
    assert card["steps"] == recipe.plan.steps
