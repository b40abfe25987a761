"""Decoders that differ in one part: equal sizes, plain layers and two tables by hand, and losses side by side."""

import pytest
import torch
from torch.nn.functional import cross_entropy, gelu

from models.checkpoints import load_card, load_state
from models.interpretability.row_cosines import row_cosines
from models.layers.feed_forward import FeedForward
from models.layers.ungated import GELULayer, ReLULayer
from models.parameter_count import parameter_count
from models.seeding import generator, normal, seeded
from models.training.decoder_arms import (
    ARMS,
    EVERY,
    GATED,
    NAME,
    TRAININGS,
    curve_of,
    halves,
    held_out_losses,
    loss_of,
    rows_of,
)
from models.training.side_by_side import SideBySide
from models.transformer.decoder import Decoder, DecoderConfig
from models.transformer.untied_decoder import UntiedDecoder

SMALL = DecoderConfig(11, 8, layers=1, heads=2, kv_heads=2, head_width=4, hidden=6, context=9)


def test_four_layers_have_equally_many_weights_and_a_second_table_adds_its_own() -> None:
    counts = {arm: parameter_count(seeded(build, 0)) for arm, build in ARMS.items()}
    assert counts == load_card(NAME)["weights"]
    table = GATED.vocabulary * GATED.width
    assert len({counts[arm] for arm in ("relu", "gelu", "swiglu", "geglu")}) == 1
    assert counts["untied"] - counts["swiglu"] == table


@pytest.mark.parametrize(("kind", "activation"), [(ReLULayer, torch.relu), (GELULayer, gelu)])
def test_plain_layers_are_the_usual_one_without_biases(kind, activation) -> None:
    layer, x = seeded(lambda: kind(5, 7), 1), normal(3, 5, seed=0)
    usual = seeded(lambda: FeedForward(5, 7, activation), 1)  # biases begin at 0
    for found, expected in zip(layer(x), usual(x), strict=True):
        torch.testing.assert_close(found, expected)


def test_two_equal_tables_are_one_and_two_others_are_not() -> None:
    tied, untied, ids = (
        seeded(lambda: Decoder(SMALL), 0),
        seeded(lambda: UntiedDecoder(SMALL), 0),
        torch.arange(9)[None],
    )
    untied.load_state_dict({**tied.state_dict(), "to_logits.weight": tied.embedding.weight})
    torch.testing.assert_close(untied(ids)[0], tied(ids)[0])
    untied.to_logits.weight.data.neg_()
    torch.testing.assert_close(untied(ids)[0], -tied(ids)[0])


def test_cosines_by_hand() -> None:
    E, U = torch.tensor([[2.0, 0.0], [0.0, 3.0]]), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    torch.testing.assert_close(row_cosines(E, U), torch.tensor([[1.0, 0.5**0.5], [0.0, 0.5**0.5]]))


def test_losses_side_by_side_are_each_models_own() -> None:
    models = [seeded(lambda: UntiedDecoder(SMALL), seed) for seed in range(TRAININGS)]
    together, ids = SideBySide(models), torch.randint(11, (3, 9), generator=generator(0))
    alone = [cross_entropy(model(ids[:, :-1])[0].flatten(0, 1), ids[:, 1:].flatten()) for model in models]
    torch.testing.assert_close(held_out_losses(together, ids), torch.stack(alone).detach())


def test_gradients_reach_every_weight_of_every_training() -> None:
    together = SideBySide([seeded(lambda: UntiedDecoder(SMALL), seed) for seed in range(TRAININGS)])
    loss_of(together, torch.randint(11, (500,), generator=generator(1)), 2, generator(2)).backward()
    for name, weight in zip(together.names, together.stacked, strict=True):
        assert bool((weight.grad.flatten(1).abs().amax(dim=1) > 0).all()), name


def test_curves_are_whole() -> None:
    state, points = load_state(NAME), load_card(NAME)["steps"] // EVERY + 1
    for arm in ARMS:
        curve = curve_of(state, arm)
        assert curve.shape == (TRAININGS, points)
        assert bool((curve[:, -1] < curve[:, 0] - 3).all())
    assert all(state[f"rows.{name}"].shape == (TRAININGS,) for name in ("same", "other", "pairs"))


def test_two_halves_of_a_curve_are_more_exact_than_one() -> None:
    curve = 2 + normal(3, 7, seed=0).abs()
    rounded, rest = halves(curve)
    assert (rounded - curve).abs().max() > 1e-4
    shipped = {"a": rounded.half().float(), "a.rest": rest.half().float()}
    torch.testing.assert_close(curve_of(shipped, "a"), curve, atol=1e-6, rtol=0)


def test_rows_of_equal_tables_are_equal_and_of_opposite_ones_opposite() -> None:
    models = [seeded(lambda: UntiedDecoder(SMALL), seed) for seed in range(TRAININGS)]
    for model, sign in zip(models, (1, -1, 1, -1, 1), strict=True):
        model.to_logits.weight.data.copy_(sign * model.embedding.weight)
    found = rows_of(SideBySide(models), torch.arange(11))
    torch.testing.assert_close(found["rows.same"], torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0]), atol=1e-2, rtol=0)
    torch.testing.assert_close(found["rows.pairs"], torch.ones(TRAININGS), atol=1e-2, rtol=0)
