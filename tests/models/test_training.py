import argparse
import dataclasses
import math

import pytest
import torch

from models import checkpoints
from models.attention.masks import sliding_window_mask
from models.language.evaluation import accuracy, said_twice, token_losses
from models.language.pretrained_decoders import POSITIONS, build
from models.seeding import generator, seeded
from models.training import (
    decoder,
    draft,
    grouped_heads,
    induction,
    language,
    long_context,
    moe_decoder,
    positions,
    sizes,
    windowed,
)
from models.training.language import Recipe, batch_of, loss_of, make
from models.training.loop import Plan, learning_rate, train
from models.training.next_tokens import next_token_loss, repeated_rows, windows
from models.training.recipes import recipes
from models.transformer.decoder import DecoderConfig

RECIPES: list[Recipe] = [
    decoder.RECIPE,
    draft.RECIPE,
    *map(positions.recipe, POSITIONS),
    long_context.RECIPE,
    grouped_heads.recipe(),
    *map(moe_decoder.recipe, moe_decoder.COEFFICIENTS),
    *map(induction.recipe, (1, 2)),
    *map(sizes.recipe, sizes.SIZES),
]
TINY = DecoderConfig(vocabulary=1024, width=16, layers=1, heads=2, kv_heads=1, head_width=8, hidden=24, context=32)


def test_the_learning_rate_climbs_and_falls():
    plan = Plan(steps=100, learning_rate=1.0, warm_up=10, floor=0.1)
    rates = [learning_rate(step, plan) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == 1.0
    assert rates[55] == pytest.approx(0.55)
    assert rates[100] == pytest.approx(0.1)


def test_training_is_repeatable_and_finds_a_minimum():
    def trained() -> torch.Tensor:
        model = seeded(lambda: torch.nn.Linear(3, 1), 0)
        target = torch.tensor([[1.0, -2.0, 0.5]])

        def loss(draws: torch.Generator) -> torch.Tensor:
            x = torch.randn(32, 3, generator=draws)
            return (model(x) - x @ target.T).square().mean()

        train(model, loss, Plan(steps=100, learning_rate=0.1, warm_up=10, weight_decay=0))
        return model.weight.detach()

    weight = trained()
    assert torch.equal(weight, trained())
    torch.testing.assert_close(weight, torch.tensor([[1.0, -2.0, 0.5]]), atol=0.01, rtol=0)


def test_training_leaves_the_global_randomness_alone():
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    model = seeded(lambda: torch.nn.Linear(2, 1), 0)
    train(model, lambda draws: model(torch.rand(4, 2, generator=draws)).mean(), Plan(steps=2))
    assert torch.equal(torch.rand(1), expected)


def test_windows_are_stretches_of_the_stream():
    rows = windows(torch.arange(50), rows=200, length=7, draws=generator(0))
    assert (rows.diff(dim=1) == 1).all()
    assert {int(start) for start in rows[:, 0]} == set(range(43))


def test_every_random_row_repeats_at_a_period_of_its_own():
    ids = repeated_rows(rows=60, length=33, vocabulary=1000, draws=generator(0))
    periods = [next(p for p in range(1, 33) if torch.equal(row[p:], row[:-p])) for row in ids]
    assert set(periods) >= set(range(6, 14))
    assert min(periods) >= 4
    assert max(periods) <= 16


def test_a_batch_is_text_and_then_random_rows():
    recipe = Recipe("tiny", TINY, Plan(steps=1), batch=8, repeated=0.5)
    ids, targets = batch_of(torch.arange(100), recipe, generator(0))
    assert ids.shape == targets.shape == (8, 32)
    assert torch.equal(ids[:, 1:], targets[:, :-1])
    assert torch.equal(targets[:4], ids[:4] + 1)
    assert (ids[4:] >= 100).any()


def test_token_losses_are_negative_log_probabilities():
    ids = torch.tensor([[0, 1, 2]])
    p = torch.tensor([[0.1, 0.6, 0.3], [0.2, 0.3, 0.5], [1 / 3] * 3])
    torch.testing.assert_close(token_losses(p.log()[None], ids), -torch.tensor([[0.6, 0.5]]).log())


def test_a_sequence_said_twice_has_no_other_repetition():
    ids = said_twice(rows=9, period=5, tokens=torch.arange(20, 30), draws=generator(0))
    assert torch.equal(ids[:, :5], ids[:, 5:])
    assert all(len(row.unique()) == 5 for row in ids)
    assert ids.min() >= 20


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_fits_its_limits_and_is_rebuilt_by_its_command(recipe):
    with torch.device("meta"):
        model = build(**recipe.architecture)
    shipped = sum(p.numel() for p in model.parameters()) * max(1, len(recipe.snapshots))
    assert 2 * shipped <= 4e6
    assert recipes()[recipe.name].made.options.count("--") <= 1
    assert recipe.snapshots[-1:] in ((), (recipe.plan.steps,))


def test_making_writes_weights_and_a_card_that_measures_them(tmp_path):
    measured: list[float] = []

    def measure(model, mixture):
        measured.append(sum(weight.abs().sum().item() for weight in model.state_dict().values()))
        return {"sum": measured[-1]}

    recipe = Recipe(
        "decoder", TINY, Plan(steps=3, warm_up=1), batch=4, corpus_tokens=2000, repeated=0.25, compiled=False,
        snapshots=(1, 3),
        measure=measure,
    )  # fmt: skip
    make(recipe, argparse.Namespace(device="cpu", steps=None, batch=None, out=tmp_path))
    card, state = checkpoints.load_card("decoder", tmp_path), checkpoints.load_state("decoder", tmp_path)
    assert card["snapshots"] == [1, 3]
    assert all(len(weight) == 2 for weight in state.values())
    assert sum(weight[-1].abs().sum().item() for weight in state.values()) == pytest.approx(measured[0], rel=1e-5)
    assert build(**card["architecture"]).config == TINY
    assert card["tokens"] == 3 * 4 * 32
    assert not math.isnan(card["metrics"]["sum"])


def test_accuracy_counts_whole_answers():
    vocabulary = 5

    class AlwaysNext(torch.nn.Module):
        """Says that each token is followed by the next number."""

        embedding = torch.nn.Embedding(vocabulary, 1)

        def forward(self, ids):
            return torch.nn.functional.one_hot((ids + 1) % vocabulary, vocabulary).float(), None

    question = language.corpus.Question
    right = question(torch.tensor([0, 1, 2, 3]), [slice(1, 3), slice(3, 4)], None)
    half = question(torch.tensor([0, 1, 3]), [slice(1, 3)], None)
    assert accuracy(AlwaysNext(), [right, half]) == pytest.approx(2 / 3)


def test_a_windowed_recipe_hides_what_the_window_hides():
    recipe = dataclasses.replace(windowed.recipe(), config=TINY, compiled=False, repeated=0.0, batch=4)
    stream = torch.randint(20, 1024, (4_000,), generator=generator(0))
    model = seeded(lambda: build(**recipe.architecture), 0)
    through, whole = (
        loss_of(model, stream, dataclasses.replace(recipe, window=window))(generator(1)).item() for window in (6, 0)
    )
    ids, targets = batch_of(stream, recipe, generator(1))
    logits, _ = model(ids, mask=sliding_window_mask(ids.shape[1], 6))
    assert through == pytest.approx(next_token_loss(logits, targets).item())
    assert through != pytest.approx(whole, abs=1e-6)
