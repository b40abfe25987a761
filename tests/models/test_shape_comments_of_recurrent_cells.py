"""The shape comments of recurrent cells and their tasks, executed; all sizes differ."""

import pytest
import torch

from models.data import bracketed_text, cue_and_question, marked_digits, memory_tasks, signs_ahead
from models.recurrence import (
    bidirectional,
    gradient_paths,
    gru,
    gru_conventions,
    lstm,
    mlstm,
    probe,
    rnn,
    slstm,
    truncated,
    xlstm_ablations,
)
from models.seeding import generator, normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, T, N, J, D, A, H, K = 2, 7, 11, 9, 6, 4, 3, 2
X = normal(B, T, J, seed=0)


def run_rnn() -> None:
    cell = seeded(lambda: rnn.RNN(J, D), 0)
    assert check_fields(cell(X)[1], B=B, T=T, D=D) == 1
    cell(X, normal(B, D, seed=1))


def run_lstm() -> None:
    cell = seeded(lambda: lstm.LSTM(J, D), 0).start()
    _, trace = cell(X)
    assert check_fields(trace, B=B, T=T, D=D) == 6
    assert check_fields(lstm.LSTMState(trace.states[:, -1], trace.cells[:, -1]), B=B, D=D) == 2


def run_gru() -> None:
    for kind in (gru.GRU, gru_conventions.ResetBefore, gru_conventions.Overwriting):
        assert check_fields(seeded(lambda kind=kind: kind(D, J), 0)(X)[1], B=B, T=T, D=D) == 3


def run_slstm() -> None:
    cell = seeded(lambda: slstm.SLSTM(J, D, heads=H), 0).start()
    assert check_fields(cell(X)[1], B=B, T=T, D=D) == 7
    seeded(lambda: xlstm_ablations.UnstabilisedSLSTM(J, D), 0)(X)
    seeded(lambda: xlstm_ablations.UnmixedSLSTM(J, D), 0)(X)
    assert check_fields(slstm.SLSTMState(*(normal(B, D, seed=n) for n in range(4))), B=B, D=D) == 4


def run_mlstm() -> None:
    seeded(lambda: xlstm_ablations.UnstabilisedSLSTM(J, D), 0)(X)
    seeded(lambda: xlstm_ablations.UnmixedSLSTM(J, D), 0)(X)
    _, trace = seeded(lambda: mlstm.MLSTM(J, D), 0).start()(X)
    assert check_fields(trace, B=B, T=T, D=D) == 3
    assert check_fields(trace.projected, B=B, T=T, D=D) == 6
    for kind in (mlstm.ParallelMLSTM, xlstm_ablations.FixedKeyMLSTM, xlstm_ablations.VectorMemory):
        cell = seeded(lambda kind=kind: kind(J, D), 0).start()
        if isinstance(cell, xlstm_ablations.FixedKeyMLSTM):
            cell.fix_keys(3, seed=0)
        cell(X)


def run_gradients() -> None:
    cell = seeded(lambda: lstm.LSTM(J, D), 0)
    gradient_paths.along_the_cell(cell(X)[1].forget)
    gradient_paths.whole_gradient(cell, X, unit=1)
    reader = truncated.TruncatedReader(seeded(lambda: rnn.RNN(J, D), 0), D, A, borders=[3])
    reader(X)
    truncated.gradient_by_step(reader, X, torch.zeros(B, dtype=torch.long), borders=[3])


def run_bidirectional() -> None:
    for kind in (bidirectional.Bidirectional, bidirectional.TwiceForward, bidirectional.TwiceBackward):
        network = seeded(lambda kind=kind: kind(rnn.RNN(J, D), rnn.RNN(J, D), D, A), 0)
        assert check_fields(network(X)[1], B=B, T=T, D=D) == 2
    assert seeded(lambda: bidirectional.Delayed(rnn.RNN(J, D), D, A, 2), 0)(X)[0].shape == (B, T, A)


def run_probe() -> None:
    probe.fitted(normal(N, D, seed=0), normal(N, seed=1))


def run_tasks() -> None:
    draws = generator(0)
    assert check_fields(marked_digits.texts(B, T, draws), B=B, T=T, F=12) == 2
    assert check_fields(cue_and_question.texts(B, T - 1, draws), B=B, T=T, F=13) == 2
    assert check_fields(bracketed_text.texts(B, T, seed=0), B=B, T=T) == 3
    assert check_fields(signs_ahead.texts(B, T, draws), B=B, T=T) == 2
    marked_digits.last_read(marked_digits.texts(B, T, draws))
    memory_tasks.parity(B, T, draws)
    memory_tasks.stated_again(memory_tasks.recall(B, 5, draws), 2, draws)
    memory_tasks.nearest(B, T, draws)


SIZES = {"B": B, "T": T, "D": D}
CASES = [
    pytest.param([rnn], run_rnn, SIZES, id="rnn"),
    pytest.param([lstm], run_lstm, SIZES | {"Z": 4 * D}, id="lstm"),
    pytest.param([gru, gru_conventions], run_gru, SIZES | {"Z": 3 * D}, id="gru"),
    pytest.param([slstm], run_slstm, SIZES | {"I": J, "Z": 4 * D}, id="slstm"),
    pytest.param([mlstm, xlstm_ablations], run_mlstm, SIZES | {"I": J, "S": 3}, id="mlstm"),
    pytest.param([gradient_paths, truncated], run_gradients, SIZES, id="gradients"),
    pytest.param([bidirectional], run_bidirectional, SIZES, id="bidirectional"),
    pytest.param([probe], run_probe, {"N": N, "D": D}, id="probe"),
    pytest.param([marked_digits], run_tasks, {"B": B, "T": T, "F": 12}, id="marked_digits"),
    pytest.param([memory_tasks], run_tasks, {"B": B, "T": T, "F": 9, "N": 5, "K": 32}, id="memory_tasks"),
]


@pytest.mark.parametrize(("modules", "run", "sizes"), CASES)
def test_shape_comments_are_true(modules, run, sizes):
    with shapes_checked(*modules, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()
