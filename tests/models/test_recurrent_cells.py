"""Recurrent cells: values worked out by hand, what must hold for any weights, and gradients."""

from functools import partial

import pytest
import torch

from models.data import bracketed_text, cue_and_question, marked_digits, memory_tasks, signs_ahead
from models.recurrence.bidirectional import Bidirectional, Delayed
from models.recurrence.gradient_paths import along_the_cell, whole_gradient
from models.recurrence.gru import GRU
from models.recurrence.lstm import LSTM, LSTMState, gates, next_cell, read_cell
from models.recurrence.mlstm import MLSTM, ParallelMLSTM, parallel, recurrent
from models.recurrence.probe import correlation, fitted, ridge
from models.recurrence.reader import Reader
from models.recurrence.rnn import RNN, rnn_step
from models.recurrence.slstm import SLSTM, SLSTMState, slstm_step, stabilised
from models.recurrence.truncated import TruncatedReader, borders_of, gradient_by_step, in_chunks
from models.recurrence.xlstm_ablations import UnmixedSLSTM, UnstabilisedSLSTM, VectorMemory, read_bounded_by_one
from models.seeding import generator, normal, seeded

close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)
B, T, J, D = 2, 6, 3, 4
X = normal(B, T, J, seed=0)


def test_one_step_of_each_cell_by_hand():
    close(rnn_step(torch.tensor([0.2]), torch.tensor([0.3])), torch.tensor([0.4621172]))  # tanh 0.5
    i, f, g, o = gates(torch.tensor([[0.0, 1.0, 0.5, -1.0]]), torch.zeros(1, 4))
    close(torch.cat([i, f, g, o]).flatten(), torch.tensor([0.5, 0.7310586, 0.4621172, 0.2689414]))
    c = next_cell(i, f, g, torch.tensor([[2.0]]))
    close(c, torch.tensor([[2 * 0.7310586 + 0.5 * 0.4621172]]))
    close(read_cell(o, c), 0.2689414 * c.tanh())


def test_slstm_by_hand_and_its_first_step_is_the_candidate():
    i, f, m = stabilised(torch.tensor([[2.0]]), torch.tensor([[-1.0]]), torch.tensor([[1.0]]))
    close(torch.cat([i, f, m]).flatten(), torch.tensor([1.0, 0.1353353, 2.0]))
    before = SLSTMState(*(torch.zeros(1, 1),) * 3, torch.full((1, 1), -torch.inf))
    after, *_ = slstm_step(
        torch.tensor([[0.3]]), torch.tensor([[5.0]]), torch.tensor([[-0.1]]), torch.tensor([[0.5]]), before
    )
    close(after.h, torch.tensor([[0.15]]))  # o times an average of one


@pytest.mark.parametrize(
    "build", [lambda: RNN(J, D), lambda: LSTM(J, D), lambda: GRU(D, J), lambda: SLSTM(J, D, 2), lambda: MLSTM(J, D)]
)
def test_no_cell_sees_the_future_and_gradients_arrive(build):
    cell = seeded(build, 0)
    later = X.clone()
    later[:, 4:] += 1
    close(cell(X)[0][:, :4], cell(later)[0][:, :4])
    assert not torch.allclose(cell(X)[0][:, 4:], cell(later)[0][:, 4:])
    cell(X)[0].sum().backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in cell.parameters())


@pytest.mark.parametrize("build", [lambda: RNN(J, D), lambda: GRU(D, J)])
def test_a_text_read_in_two_parts_is_read_as_one(build):
    cell = seeded(build, 1)
    first, _ = cell(X[:, :2])
    close(torch.cat([first, cell(X[:, 2:], first[:, -1])[0]], dim=1), cell(X)[0])
    close(in_chunks(cell, X, [2, 5]), cell(X)[0])


def test_an_lstm_goes_on_from_both_of_its_states():
    cell = seeded(lambda: LSTM(J, D), 1)
    _, trace = cell(X[:, :2])
    close(cell(X[:, 2:], LSTMState(trace.states[:, -1], trace.cells[:, -1]))[0], cell(X)[0][:, 2:])


def test_with_gates_held_the_gradient_is_the_product_of_forget_gates():
    cell = seeded(lambda: LSTM(J, D), 2).start(1.0)
    product = along_the_cell(cell(X)[1].forget)
    for unit in range(D):
        held = whole_gradient(cell, X, unit, held=True)
        close(held[..., unit], product[..., unit])
        assert held.sum() == pytest.approx(held[..., unit].sum().item(), rel=1e-5)
    assert not torch.allclose(whole_gradient(cell, X, 0)[..., 0], product[..., 0])


def test_no_gradient_crosses_a_border_and_the_numbers_stay():
    reader = seeded(lambda: TruncatedReader(RNN(J, D), D, 5), 3)
    cues = torch.tensor([1, 2])
    whole, cut = gradient_by_step(reader, X, cues), gradient_by_step(reader, X, cues, [3])
    assert (whole > 0).all()
    assert (cut[:3] == 0).all()
    close(cut[3:], whole[3:])
    reader.borders = [3]
    close(reader(X)[0], Reader.forward(reader, X)[0])
    assert borders_of(26, 5) == [1, 6, 11, 16, 21]
    assert borders_of(26, 25) == [1]


def test_a_backward_state_knows_the_rest_and_a_delay_waits():
    network = seeded(lambda: Bidirectional(RNN(J, D), RNN(J, D), D, 2), 4)
    changed = X.clone()
    changed[:, 4] += 1
    for part, others in (("forward", slice(0, 4)), ("backward", slice(5, 6))):
        before, after = (getattr(network(x)[1], part) for x in (X, changed))
        close(before[:, others], after[:, others])
        assert not torch.allclose(before[:, 4], after[:, 4])
    delayed = seeded(lambda: Delayed(RNN(J, D), D, 2, 2), 4)
    close(delayed(X)[0][:, :2], delayed(changed)[0][:, :2])
    assert not torch.allclose(delayed(X)[0][:, 2], delayed(changed)[0][:, 2])


def test_the_parallel_form_is_the_recurrent_one_and_the_bound_is_scaled():
    cell = seeded(lambda: MLSTM(J, D), 5).start()
    p = cell.projected(5 * X)
    out = recurrent(p)[0]
    close(out, parallel(p))
    same = seeded(lambda: ParallelMLSTM(J, D), 5).start()
    close(cell(5 * X)[0], same(5 * X)[0])
    small = p._replace(log_i=p.log_i + 3, q=p.q / 20)
    mistaken = read_bounded_by_one(*(part[:, -1] for part in recurrent(small)[1:]), p.q[:, -1])
    assert not torch.allclose(mistaken, parallel(small)[:, -1], atol=1e-3)


def test_a_common_factor_of_input_gates_cancels_and_overflow_needs_the_stabiliser():
    cell, raised = (seeded(lambda by=by: SLSTM(J, D, log_input=lambda raw: raw + by), 6) for by in (0, 50))
    close(cell(X)[0], raised(X)[0])
    same = seeded(lambda: UnstabilisedSLSTM(J, D), 6)
    close(cell(X)[0], same(X)[0])
    over = seeded(lambda: UnstabilisedSLSTM(J, D, log_input=lambda raw: raw + 95), 6)
    assert not over(X)[0].isfinite().all()
    assert seeded(lambda: SLSTM(J, D, log_input=lambda raw: raw + 95), 6)(X)[0].isfinite().all()


def test_heads_do_not_mix_and_unmixed_cells_do_not_read_the_state():
    cell = seeded(lambda: SLSTM(J, D, heads=2), 7)
    h = normal(1, D, seed=8)
    other = h.clone()
    other[:, 2:] += 1
    mixed, changed = (cell.mixed(state).unflatten(-1, (2, -1)) for state in (h, other))
    close(mixed[:, 0], changed[:, 0])
    assert not torch.allclose(mixed[:, 1], changed[:, 1])
    unmixed = seeded(lambda: UnmixedSLSTM(J, D), 7)
    far = X.clone()
    far[:, 0] += 3
    close(unmixed(X)[1].log_input[:, 2:], unmixed(far)[1].log_input[:, 2:])


def test_a_vector_memory_reads_one_pair_exactly():
    cell = seeded(lambda: VectorMemory(J, D), 8)
    one = X[:, :1]
    p = cell.projected(one)
    bound = torch.maximum(torch.ones(B, 1, 1), (-p.log_i)[..., None].exp())
    close(cell(one)[0], p.o * p.q * p.k * p.v / bound)


def test_a_probe_finds_a_linear_function_and_correlation_is_pearsons():
    H = normal(200, 5, seed=9)
    w = torch.tensor([1.0, -2.0, 0.0, 0.5, 3.0])
    assert (fitted(H, H @ w + 2)(H) - H @ w - 2).abs().max() < 0.01
    close(ridge(H, H @ w, strength=0.0), w, atol=1e-3, rtol=1e-3)
    a, b = normal(50, seed=1), normal(50, seed=2)
    close(correlation(a, b), torch.corrcoef(torch.stack([a, b]))[0, 1])


def test_tasks_say_what_is_right():
    text, labels = marked_digits.parsed("3*8 5? 2?*4?", 40)
    assert labels == ["3", "*8", "5", "?", "2", "?", "*4", "?"]
    asked = text.targets[0][text.asks[0]].tolist()
    assert asked == [8, 8, 4]
    others = (marked_digits.last_read(text), marked_digits.one_more(text))
    assert [other.targets[0][text.asks[0]].tolist() for other in others] == [[5, 2, 4], [9, 9, 5]]
    assert all((other.targets[0] == marked_digits.NOT_ASKED)[~text.asks[0]].all() for other in others)
    drawn = marked_digits.texts(64, 20, generator(0))
    assert drawn.asks[:, -1].all()
    assert not (drawn.marks & drawn.asks).any()
    assert {1, 2} == set(drawn.marks.sum(dim=1).tolist())
    cued = cue_and_question.texts(8, 5, generator(1), before=2)
    assert (cued.x[:, 2].argmax(-1) == cued.cues).all()
    assert (cued.x[:, -1].argmax(-1) == cue_and_question.ASK).all()
    ids = [signs_ahead.ALPHABET.index(sign) for sign in "ab+c-d"]
    assert signs_ahead.tagged(torch.tensor([ids])).tags.tolist() == [[1, 1, 2, 2, 0, 0]]
    x, parity = memory_tasks.parity(4, 9, generator(2))
    assert (parity[:, -1] == x[..., 1].sum(dim=1) % 2).all()
    x, kept = memory_tasks.nearest(4, 9, generator(3))
    best = x[:, :, 0].argmax(dim=1)
    assert (x[torch.arange(4), best, 1:].argmax(-1) == kept[:, -1]).all()
    x, value = memory_tasks.recall(5, 3, generator(4))
    asked = x[:, -1, : memory_tasks.KEYS].argmax(-1)
    place = (x[:, :3, : memory_tasks.KEYS].argmax(-1) == asked[:, None]).float().argmax(-1)
    assert (x[torch.arange(5), place, memory_tasks.KEYS : -1].argmax(-1) == value).all()
    longer, same = memory_tasks.stated_again(memory_tasks.Task(x, value), 4, generator(5))
    assert longer.shape[1] == 4 * 3 + 1
    assert torch.equal(longer[:, -1], x[:, -1])
    assert torch.equal(longer[:, :-1].sum(dim=1), 4 * x[:, :-1].sum(dim=1))
    assert torch.equal(same, value)


def test_brackets_never_close_unopened_and_depth_is_counted():
    text = bracketed_text.texts(64, 50, seed=3)
    steps = (text.ids == bracketed_text.OPEN).long() - (text.ids == bracketed_text.CLOSE).long()
    assert (steps.cumsum(dim=1) == text.depth).all()
    assert text.depth.min() == 0
    assert text.depth.max() == bracketed_text.DEEPEST
