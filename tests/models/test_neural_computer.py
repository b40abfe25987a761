"""The differentiable neural computer: an interface by hand, a copy led by hand, what holds for any weights."""

from functools import partial

import pytest
import torch

from models.data.copied_rows import BITS, FEATURES, texts
from models.memory import held_stages, linked_memory, neural_computer
from models.memory.held_stages import Forwards, Unlinked
from models.memory.linked_memory import Links, forward_from, linked
from models.memory.neural_computer import Interface, NeuralComputer, interface_of, read_weighting, retention
from models.memory.neural_computer import write_weighting as write_at
from models.seeding import generator, normal, seeded
from models.training.linked_copying import COMPUTERS, pretrained
from tests.shape_comments import check_fields, shapes_checked

close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)
B, T, N, W, D = 2, 7, 9, 5, 11
X = normal(B, T, FEATURES, seed=0)


def computer(kind: type[NeuralComputer] = NeuralComputer, seed: int = 0) -> NeuralComputer:
    built = seeded(lambda: kind(FEATURES, BITS, D, N, W), seed)
    with torch.no_grad():
        for weight in built.parameters():
            weight.mul_(1.5)
    return built


def test_an_interface_by_hand() -> None:
    z = torch.tensor([[1.0, 2, 3, 4, 0, 0, 7, 8, 0, 1, 0, 100, -100, 0, 0, 100]])
    asked = interface_of(z, 2)
    close(torch.cat([asked.write_key, asked.read_key], -1), torch.tensor([[1.0, 2, 3, 4]]))
    close(torch.cat([asked.erase, asked.add], -1), torch.tensor([[0.5, 0.5, 7, 8]]))
    close(torch.cat([asked.write_strength, asked.read_strength], -1), torch.tensor([[1.6931472, 2.3132617]]))
    close(torch.cat([asked.free, asked.write, asked.allocate], -1), torch.tensor([[0.5, 1.0, 0.0]]))
    close(asked.modes, torch.tensor([[0.0, 0.0, 1.0]]))


def test_weightings_by_hand() -> None:
    asked = interface_of(torch.zeros(1, 16), 2)._replace(
        write=torch.tensor([[0.5]]), allocate=torch.tensor([[0.75]])
    )  # fmt: skip
    content, free = torch.tensor([[1.0, 0, 0]]), torch.tensor([[0.0, 0.8, 0]])
    close(write_at(asked, content, free), torch.tensor([[0.125, 0.3, 0.0]]))
    close(retention(torch.tensor([[0.5]]), content), torch.tensor([[0.5, 1.0, 1.0]]))
    modes = torch.tensor([[0.2, 0.3, 0.5]])
    rows = torch.eye(3)[:, None]
    close(read_weighting(modes, *rows), modes)


def test_every_step_follows_from_the_equations() -> None:
    own = computer()
    y, trace = own(X)
    memory, r = torch.full((B, N, W), 1e-2), torch.zeros(B, W)
    usage = w = v = torch.zeros(B, N)
    order = Links(torch.zeros(B, N, N), torch.zeros(B, N))
    for t in range(T):
        h = own.controller(torch.cat([X[:, t], r], -1)).tanh()
        asked: Interface = interface_of(own.interface(h), W)
        usage = linked_memory.used(usage, w, retention(asked.free, v))
        content = neural_computer.by_content(asked.write_key, asked.write_strength, memory)
        w = write_at(asked, content, linked_memory.allocation(usage))
        memory = neural_computer.written(memory, w, asked.erase, asked.add)
        order = linked(order, w)
        found = neural_computer.by_content(asked.read_key, asked.read_strength, memory)
        backward = linked_memory.backward_from(order.links, v)
        v = read_weighting(asked.modes, backward, found, forward_from(order.links, v))
        r = neural_computer.read(v, memory)
        close(trace.memories[:, t], memory)
        close(trace.reads[:, t], v)
        close(y[:, t], own.output(torch.cat([h, r], -1)))
    close(trace.links, order.links)


def test_weightings_never_exceed_one_and_usage_stays_between_0_and_1() -> None:
    trace = computer(seed=3)(3 * X)[1]
    for part in (trace.usages, trace.writes, trace.reads):
        assert part.min() >= 0
        assert part.max() <= 1 + 1e-6
    assert max(trace.writes.sum(-1).max(), trace.reads.sum(-1).max()) <= 1 + 1e-5


def test_a_later_input_changes_nothing_before_it_and_gradients_reach_every_weight() -> None:
    own = computer()
    other = X.clone()
    other[:, 4] += 1
    close(own(other)[0][:, :4], own(X)[0][:, :4])
    assert (own(other)[0][:, 4:] - own(X)[0][:, 4:]).abs().max() > 1e-3
    own(X)[0].square().sum().backward()
    assert all(weight.grad.isfinite().all() and weight.grad.abs().sum() > 0 for weight in own.parameters())


def test_which_row_is_free_first_changes_where_is_written_and_no_answer() -> None:
    own, text = pretrained("linked", 0), texts(4, 8, generator(5))
    moved = COMPUTERS["linked"](own.controller.in_features - own.width, BITS, 48, own.rows, own.width)
    moved.load_state_dict(own.state_dict())
    moved.first_usage = 1e-4 * torch.rand(own.rows, generator=generator(6))
    with torch.no_grad():
        (here, at), (there, elsewhere) = own(text.x), moved(text.x)
    assert ((here[:, 9:] > 0) == (there[:, 9:] > 0)).float().mean() > 0.99
    assert at.writes[0, 0].argmax() == 0
    assert elsewhere.writes[0, 0].argmax() == moved.first_usage.argmin()


@pytest.mark.parametrize(("kind", "kept"), [(Unlinked, (1,)), (Forwards, (1, 2))])
def test_held_links_lead_nowhere(kind: type[NeuralComputer], kept: tuple[int, ...]) -> None:
    trace = computer(kind)(X)[1]
    close(trace.reads.sum(-1)[:, 0], trace.modes[:, 0, 1])  # at the first step there are no links yet
    assert (trace.reads.sum(-1) <= trace.modes[..., list(kept)].sum(-1) + 1e-5).all()
    assert (computer()(X)[0] - computer(kind)(X)[0]).abs().max() > 1e-4


def test_the_shape_comments_are_true() -> None:
    with shapes_checked(neural_computer, held_stages, B=B, N=N, W=W, D=D, O=BITS, K=3) as watch:
        _, trace = computer()(X)
        assert check_fields(trace, B=B, T=T, N=N, W=W) == 7
        assert check_fields(interface_of(normal(B, 4 * W + 8, seed=1), W), B=B, W=W) == 10
        computer(Unlinked)(X)
        computer(Forwards)(X)
    assert watch.reached
