"""nn.RNN, nn.LSTM and nn.GRU in both directions, and the mLSTM of transformers: the same weights, the same numbers.

sLSTM is compared with a loop that was written from the paper's equations before stabilisation, in double precision.
Each has a mutation beside it that must be caught.
"""

from functools import partial

import pytest
import torch
from torch import Tensor, nn

from models.recurrence.bidirectional import Bidirectional
from models.recurrence.gru import GRU
from models.recurrence.gru_conventions import Overwriting, ResetBefore
from models.recurrence.lstm import LSTM
from models.recurrence.mlstm import MLSTM, parallel, recurrent
from models.recurrence.rnn import RNN
from models.recurrence.slstm import SLSTM
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=1e-9, rtol=1e-7)
B, T, J, D = 3, 11, 5, 7
X = torch.randn(B, T, J, generator=generator(0), dtype=torch.float64)


def taken_from(cell: nn.Module, theirs: nn.Module, end: str = "") -> nn.Module:
    """Torch's weights of layer 0 in our cell; two biases become one where we have one."""
    weights = dict(theirs.named_parameters())
    own = {name: weights[f"{name}_l0{end}"].data.clone() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    cell = cell.double()
    cell.from_input.weight.data, cell.from_state.weight.data = own["weight_ih"], own["weight_hh"]
    if cell.from_state.bias is None:
        cell.from_input.bias.data = own["bias_ih"] + own["bias_hh"]
    else:
        cell.from_input.bias.data, cell.from_state.bias.data = own["bias_ih"], own["bias_hh"]
    return cell


KINDS = {
    "rnn": (nn.RNN, lambda: RNN(J, D)),
    "lstm": (nn.LSTM, lambda: LSTM(J, D)),
    "gru": (nn.GRU, lambda: GRU(D, J)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_is_torchs(kind):
    library, build = KINDS[kind]
    theirs = library(J, D, batch_first=True).double()
    redraw(theirs, 0)
    ours = taken_from(seeded(build, 0), theirs)
    expected, last = theirs(X)
    close(ours(X)[0], expected)
    if kind == "lstm":
        close(ours(X)[1].cells[:, -1], last[1][0])


@pytest.mark.parametrize("kind", KINDS)
def test_two_directions_are_torchs(kind):
    library, build = KINDS[kind]
    theirs = library(J, D, batch_first=True, bidirectional=True).double()
    redraw(theirs, 1)
    ours = seeded(lambda: Bidirectional(build(), build(), D, 2), 0).double()
    taken_from(ours.forward_cell, theirs)
    taken_from(ours.backward_cell, theirs, "_reverse")
    close(torch.cat(ours(X)[1], dim=-1), theirs(X)[0])
    unreversed = torch.cat([ours.forward_cell(X)[0], ours.backward_cell(X)[0]], dim=-1)
    assert not torch.allclose(unreversed, theirs(X)[0], atol=1e-3)


def test_the_gate_order_of_onnx_is_caught():
    theirs = nn.LSTM(J, D, batch_first=True).double()
    redraw(theirs, 2)
    ours = taken_from(seeded(KINDS["lstm"][1], 0), theirs)
    for weight in ours.parameters():  # i, f, g, o read as if it were i, o, f, c
        i, f, g, o = weight.data.chunk(4)
        weight.data = torch.cat([i, g, o, f])
    assert (ours(X)[0] - theirs(X)[0]).abs().max() > 0.1


@pytest.mark.parametrize("kind", [ResetBefore, Overwriting])
def test_other_conventions_of_the_gru_are_caught(kind):
    theirs = nn.GRU(J, D, batch_first=True).double()
    redraw(theirs, 3)
    ours = taken_from(seeded(lambda: kind(D, J), 0), theirs)
    assert (ours(X)[0] - theirs(X)[0]).abs().max() > 0.05


def test_swapped_gates_with_negated_weights_are_the_same_gru():
    theirs = nn.GRU(J, D, batch_first=True).double()
    redraw(theirs, 4)
    ours = taken_from(seeded(lambda: Overwriting(D, J), 0), theirs)
    ours.negate_gate()
    close(ours(X)[0], theirs(X)[0])


def slstm_of_the_paper(cell: SLSTM, x: Tensor) -> Tensor:
    """c = f c + i z, n = f n + i, h = o c / n with i = exp(ĩ) and f = σ(f̃), one head at a time, unstabilised."""
    heads, width, _ = cell.from_state.shape
    outputs = torch.zeros(len(x), x.shape[1], heads * width, dtype=x.dtype)
    for head in range(heads):
        rows = slice(4 * width * head, 4 * width * (head + 1))
        W, b, U = cell.from_input.weight[rows], cell.from_input.bias[rows], cell.from_state[head]
        h = c = n = torch.zeros(len(x), width, dtype=x.dtype)
        for t in range(x.shape[1]):
            raw = x[:, t] @ W.T + b + h @ U
            z, i, f, o = (raw[:, width * part : width * (part + 1)] for part in range(4))
            c = f.sigmoid() * c + i.exp() * z.tanh()
            n = f.sigmoid() * n + i.exp()
            h = o.sigmoid() * c / n
            outputs[:, t, width * head : width * (head + 1)] = h
    return outputs


@pytest.mark.parametrize("heads", [1, 3])
def test_slstm_is_the_papers_before_stabilisation(heads):
    cell = seeded(lambda: SLSTM(J, 6, heads=heads), 0).double()
    redraw(cell, 5)
    close(cell(X)[0], slstm_of_the_paper(cell, X))
    if heads > 1:  # the same numbers mixed across all units would be another cell
        mixed = seeded(lambda: SLSTM(J, 6), 0).double()
        mixed.from_input.load_state_dict(cell.from_input.state_dict())
        assert (mixed(X)[0] - slstm_of_the_paper(cell, X)).abs().max() > 0.01


@pytest.fixture(scope="module")
def theirs():
    from transformers.models.xlstm import modeling_xlstm

    return modeling_xlstm.mlstm_recurrent_sequence_native


def drawn() -> MLSTM:
    cell = seeded(lambda: MLSTM(J, D), 0).double()
    redraw(cell, 6)
    return cell


def test_mlstm_is_that_of_transformers(theirs):
    p = drawn().projected(X)
    raw_f = drawn().to_gates(X)[..., 1]
    expected = theirs(
        query=p.q[:, None], key=p.k[:, None] * D**0.5, value=p.v[:, None], igate=p.log_i[:, None],
        fgate=raw_f[:, None], eps=0.0, dtype_state=torch.float64,
    )  # fmt: skip
    expected = expected[0] if isinstance(expected, tuple) else expected
    close(recurrent(p)[0], expected[:, 0])
    close(parallel(p), expected[:, 0])


def test_the_lower_bound_1_of_the_stabilised_denominator_is_caught(monkeypatch):
    from models.recurrence import mlstm

    p = drawn().projected(X)
    right = parallel(p)
    monkeypatch.setattr(
        mlstm, "read", lambda C, n, m, q: torch.einsum("bvk,bk->bv", C, q) / (n * q).sum(-1).abs().clamp(min=1)[:, None]
    )
    assert (recurrent(p)[0] - right).abs().max() > 0.01
