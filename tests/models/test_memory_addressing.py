"""Addressing of a memory: values worked out by hand, what holds for any numbers, gradients, and the shape comments."""

from functools import partial

import pytest
import torch

from models.memory import addressing, linked_memory
from models.memory.addressing import Address, address, by_content, interpolated, read, sharpened, shifted, written
from models.memory.linked_memory import Links, allocation, backward_from, forward_from, in_order, linked, used
from models.seeding import normal
from tests.shape_comments import check_fields, shapes_checked

close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)
B, N, W, K, T = 2, 7, 4, 3, 5


def weighting(seed: int, rows: int = B, count: int = N) -> torch.Tensor:
    return normal(rows, count, seed=seed).softmax(dim=-1)


def asked(seed: int = 0) -> Address:
    kernel = normal(B, K, seed=seed + 1).softmax(dim=-1)
    return Address(
        normal(B, W, seed=seed), torch.full((B, 1), 3.0), torch.full((B, 1), 0.4), kernel, torch.full((B, 1), 2.5)
    )


def test_the_stages_by_hand() -> None:
    memory = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]]])
    content = by_content(torch.tensor([[2.0, 0.0]]), torch.tensor([[1.0]]), memory)
    close(content, torch.tensor([[1.0, 0.0, -1.0]]).softmax(-1))
    gated = interpolated(torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([[0.25]]))
    close(gated, torch.tensor([[0.25, 0.0, 0.75]]))
    close(shifted(gated, torch.tensor([[0.1, 0.8, 0.1]])), torch.tensor([[0.275, 0.1, 0.625]]))
    close(shifted(gated, torch.tensor([[0.0, 0.0, 1.0]])), torch.tensor([[0.75, 0.25, 0.0]]))
    close(sharpened(torch.tensor([[0.1, 0.8, 0.1]]), torch.tensor([[2.0]])), torch.tensor([[0.01, 0.64, 0.01]]) / 0.66)


def test_a_write_by_hand() -> None:
    memory = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    w, e, a = torch.tensor([[1.0, 0.5]]), torch.tensor([[1.0, 0.0]]), torch.tensor([[10.0, 20.0]])
    after = written(memory, w, e, a)
    close(after, torch.tensor([[[10.0, 22.0], [6.5, 14.0]]]))
    close(read(w, after), torch.tensor([[13.25, 29.0]]))


def test_a_shift_adds_its_own_variance_and_a_sharp_one_is_undone_by_its_opposite() -> None:
    w = torch.zeros(1, 31, dtype=torch.float64)
    w[0, 15] = 1
    rows = torch.arange(31) - 15
    blurred = torch.tensor([[0.1, 0.8, 0.1]], dtype=torch.float64)
    for times in range(1, 6):
        w = shifted(w, blurred)
        close((w * rows**2).sum(), torch.tensor(0.2 * times, dtype=torch.float64))
    start = weighting(3)
    there, back = torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([[1.0, 0.0, 0.0]])
    close(shifted(shifted(start, there), back), start)
    assert (shifted(shifted(start, blurred.float()), blurred.float()) - start).abs().max() > 0.01


def test_every_stage_sums_to_one_and_turns_with_the_rows() -> None:
    memory, before = normal(B, N, W, seed=5), weighting(6)
    stages = address(asked(), before, memory)
    for stage in stages:
        close(stage.sum(-1), torch.ones(B))
    turned = address(asked(), before.roll(2, -1), memory.roll(2, 1))
    close(turned.sharpened, stages.sharpened.roll(2, -1))


def test_gradients_reach_every_number_that_a_head_asks_for_even_from_a_sharp_focus() -> None:
    numbers = Address(*(part.clone().requires_grad_() for part in asked()))
    before = torch.eye(N)[:B]
    address(numbers, before, normal(B, N, W, seed=5)).sharpened[:, 1].sum().backward()
    assert all(part.grad.isfinite().all() and part.grad.abs().sum() > 0 for part in numbers)


def test_the_freest_row_is_allocated_first() -> None:
    close(allocation(torch.tensor([[1.0, 0.0, 0.5]])), torch.tensor([[0.0, 1.0, 0.0]]))
    close(allocation(torch.tensor([[0.5, 1.0, 0.2]])), torch.tensor([[0.5 * 0.2, 0.0, 0.8]]))
    close(allocation(torch.ones(1, 3)), torch.zeros(1, 3))
    close(
        used(torch.tensor([0.5, 0.0]), torch.tensor([0.5, 1.0]), torch.tensor([1.0, 0.25])), torch.tensor([0.75, 0.25])
    )


def test_links_by_hand_and_soft_ones_stay_below_one() -> None:
    state = Links(torch.zeros(1, 3, 3), torch.zeros(1, 3))
    for row in (2, 0, 1):
        state = linked(state, torch.eye(3)[row][None])
    expected = torch.zeros(1, 3, 3)
    expected[0, 0, 2] = expected[0, 1, 0] = 1
    close(state.links, expected)
    close(state.precedence, torch.eye(3)[1][None])
    close(forward_from(state.links, torch.eye(3)[2][None]), torch.eye(3)[0][None])
    close(backward_from(state.links, torch.eye(3)[1][None]), torch.eye(3)[0][None])
    soft = Links(torch.zeros(1, 5, 5), torch.zeros(1, 5))
    for step in range(8):
        soft = linked(soft, 0.9 * weighting(step, 1, 5))
        assert soft.links.sum(-1).max() <= 1 + 1e-6
        assert soft.links.sum(-2).max() <= 1 + 1e-6
        assert soft.links.diagonal(dim1=1, dim2=2).abs().max() == 0


def test_the_shape_comments_are_true() -> None:
    with shapes_checked(addressing, linked_memory, B=B, N=N, W=W, K=K, T=T) as watch:
        memory, request = normal(B, N, W, seed=5), asked()
        assert check_fields(request, B=B, W=W, K=K) == 5
        assert check_fields(address(request, weighting(6), memory), B=B, N=N) == 4
        written(memory, weighting(1), normal(B, W, seed=2), normal(B, W, seed=3))
        trace = in_order(normal(B, T, W, seed=4), memory, weighting(2))
        assert check_fields(trace, B=B, T=T, N=N, W=W) == 4
        state = Links(torch.zeros(B, N, N), torch.zeros(B, N))
        assert check_fields(state, B=B, N=N) == 2
        linked(state, weighting(1))
        linked_memory.followed(trace.links, trace.writes[:, 0], trace.memory, T)
    assert watch.reached
    assert not watch.unreached()


@pytest.mark.parametrize("mutation", ["precedence after the write", "links transposed"])
def test_the_order_of_the_updates_matters(mutation: str) -> None:
    state, writes = Links(torch.zeros(1, 4, 4), torch.zeros(1, 4)), torch.eye(4)[[3, 1, 0]]
    other = state
    for write in writes[:, None]:
        state = linked(state, write)
        if mutation.startswith("precedence"):
            other = linked(Links(other.links, write), write)
        else:
            other = linked(Links(other.links.mT, other.precedence), write)
    assert (state.links - other.links).abs().max() > 0.5
