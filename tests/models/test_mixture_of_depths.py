"""Who enters a routed block, what the others keep, and who receives gradient."""

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from models.attention.masks import causal_mask
from models.cost import routed_depth_cost as cost
from models.data import symbols_among_fillers
from models.data.symbols_among_fillers import HARD, LENGTH, LETTERS, table, texts
from models.seeding import generator, normal, seeded
from models.training import stacked_depths as recipe
from models.training.routed_depth_arms import ARMS, config
from models.transformer import mixture_of_depths, stacked_depths
from models.transformer.decoder import DecoderConfig
from models.transformer.mixture_of_depths import (
    MixtureOfDepths,
    RoutedBlock,
    RoutedConfig,
    router_weights,
    top_k_mask,
)
from tests.shape_comments import shapes_checked

SIZES = DecoderConfig(16, 12, 2, 1, 1, 4, 10, 9)


def block(factor=torch.clone) -> RoutedBlock:
    return seeded(lambda: RoutedBlock(SIZES, factor), 3)


def model(factor=torch.clone) -> MixtureOfDepths:
    return seeded(lambda: MixtureOfDepths(RoutedConfig(SIZES, 5), factor), 1)


def test_every_shape_comment() -> None:
    with shapes_checked(symbols_among_fillers, B=3, T=LENGTH, L=LETTERS) as watch:
        ids, _, _ = texts(3, generator(0))
    assert not watch.unreached()
    with shapes_checked(mixture_of_depths, B=3, T=LENGTH, D=12, K=8, C=5) as watch:
        model()(ids, 8)
        model()(ids, 8, predictor=True)
    assert watch.reached
    assert not watch.unreached()


def test_by_hand() -> None:
    assert router_weights(torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0])) == 1
    assert top_k_mask(torch.tensor([[0.1, 3.0, -2.0, 0.4]]), 2).tolist() == [[False, True, False, True]]


def test_tokens_that_stay_out_keep_their_stream() -> None:
    x = normal(2, 9, 12, seed=0)
    y, trace = block()(x, 3, None, False)
    assert trace.entered.sum(dim=1).tolist() == [3, 3]
    assert y[~trace.entered].equal(x[~trace.entered])
    assert (y[trace.entered] != x[trace.entered]).any(dim=-1).all()


def test_the_masked_form_gives_what_the_gathered_one_gives() -> None:
    x, one = normal(2, 9, 12, seed=0), block()
    y, trace = one(x, 4, None, False)
    torch.testing.assert_close(one.masked(x, trace.r, trace.entered), y, atol=1e-5, rtol=1e-4)
    other = trace.entered.roll(1, dims=1)
    assert (one.masked(x, trace.r, other) - y).abs().max() > 1e-2


def test_with_every_token_and_factor_one_it_is_an_ordinary_block() -> None:
    x, one = normal(2, 9, 12, seed=0), block(torch.ones_like)
    torch.testing.assert_close(one(x, 9, None, False)[0], one.block(x, causal_mask(9), None, None)[0])
    assert one(x, 0, None, False)[0] is x


@pytest.mark.parametrize(("factor", "reached"), [(torch.clone, True), (torch.sigmoid, True), (torch.ones_like, False)])
def test_the_router_receives_gradient_through_the_factor_alone(factor, reached: bool) -> None:
    one = block(factor)
    one(normal(2, 9, 12, seed=0), 3, None, False)[0].square().sum().backward()
    found = one.router.grad
    assert (found is not None and bool((found != 0).any())) is reached


def test_the_predictor_sends_no_gradient_into_the_stream() -> None:
    x = normal(2, 9, 12, seed=0).requires_grad_()
    block()(x, 3, None, False)[1].predicted.sum().backward()
    assert x.grad is None


def test_top_k_looks_ahead_and_the_predictor_does_not() -> None:
    one = model()
    ids, _, _ = texts(20, generator(0))
    other = ids.clone()
    other[:, -1] = (other[:, -1] + 1) % 16

    def entered(given: Tensor, predictor: bool) -> Tensor:
        return one(given, 8, predictor=predictor)[1].entered[:, :-1]

    assert (entered(ids, False) != entered(other, False)).any()
    assert entered(ids, True).equal(entered(other, True))


def test_texts_hold_the_table() -> None:
    ids, classes, hard = texts(6, generator(2))
    assert hard.sum(dim=1).tolist() == [HARD] * 6
    assert (ids[~hard] >= LETTERS).all()
    assert (classes[~hard] == LETTERS).all()
    for (a, b), answer in zip(ids[hard].tolist(), classes[hard].tolist(), strict=True):
        assert table()[a, b] == answer


@pytest.mark.parametrize(("arm", "k"), [("learned", 8), ("learned", 5), ("dense", LENGTH), ("all", LENGTH)])
def test_operations_are_those_that_torch_counts(arm: str, k: int) -> None:
    """One text: torch does not count a matrix times a vector, so the router's are added, the predictor's taken off."""
    c = config(arm)
    one = seeded(lambda: MixtureOfDepths(c, ARMS[arm].factor), 0)
    with FlopCounterMode(display=False) as counted, torch.inference_mode():
        one(texts(1, generator(0)).ids, k)
    assert counted.get_total_flops() - cost.predictor_flops(LENGTH, c.decoder) == cost.shared_flops(
        LENGTH, c
    ) + cost.routed_block_flops(k, c.decoder)


def test_the_smaller_dense_model_computes_as_much_as_a_routed_one() -> None:
    routed, dense = config("learned").decoder, config("dense").decoder
    assert cost.routed_block_flops(HARD, routed) + cost.router_flops(LENGTH, routed) == cost.routed_block_flops(
        LENGTH, dense
    )


def test_blocks_behind_one_another() -> None:
    c = RoutedConfig(DecoderConfig(16, 12, 3, 1, 1, 4, 10, 9), 5)
    one = seeded(lambda: stacked_depths.StackedDepths(c), 1)
    ids = texts(3, generator(0)).ids
    with shapes_checked(stacked_depths, B=3, T=LENGTH, D=12, L=3) as watch:
        z, traces = one(ids, 4, torch.rand(3, 3, LENGTH, generator=generator(1)))
    assert watch.reached
    assert z.shape == (3, LENGTH, 5)
    assert all((trace.entered.sum(dim=1) == 4).all() for trace in traces)
    out = ~torch.stack([trace.entered for trace in traces]).any(dim=0)
    x = one.first(ids[..., 0]) + one.second(ids[..., 1])
    torch.testing.assert_close(z[out], one.head(one.norm(x))[out])
    assert not torch.allclose(z[~out], one.head(one.norm(x))[~out], atol=1e-3)


def test_what_is_trained_says_who_entered_each_block() -> None:
    one = seeded(recipe.Trainee, 0)
    ids = texts(3, generator(0)).ids
    with shapes_checked(recipe, B=3, L=recipe.BLOCKS, T=LENGTH) as watch:
        (logits, entered, predicted), _ = one(ids, recipe.at_random(3, generator(1)))
    assert not watch.unreached()
    assert (entered.sum(dim=2) == recipe.TAKEN).all()
    assert logits.shape[:2] == (3, LENGTH)
    assert predicted.shape == entered.shape
    assert not entered.equal(one(ids)[0][1]), "without scores each router chooses"
