"""Encoder-decoders against torch's GRU and attention written otherwise, in float64 at odd sizes."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from models.attention import bahdanau, luong
from models.recurrence.sequence_to_sequence import RecurrentReader, SequenceToSequence
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity

V, D, B, S, T = 11, 7, 3, 6, 5


def symbols(length: int, seed: int) -> torch.Tensor:
    return torch.randint(V, (B, length), generator=generator(seed))


def redrawn(build, seed: int) -> nn.Module:
    model = seeded(build, 0).double()
    redraw(model, seed)
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            weight.data = weight.data - 1
    return model.requires_grad_(False)


def torch_gru(reader: RecurrentReader) -> nn.GRU:
    gru = nn.GRU(D, D, batch_first=True).double().requires_grad_(False)
    gru.load_state_dict(
        {
            "weight_ih_l0": reader.from_input.weight, "bias_ih_l0": reader.from_input.bias,
            "weight_hh_l0": reader.from_state.weight, "bias_hh_l0": reader.from_state.bias,
        }
    )  # fmt: skip
    return gru


def states(reader: RecurrentReader, ids: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    return torch_gru(reader)(functional.embedding(ids, reader.embedding.weight), h[None])[0]


def luong_by_torch(model: SequenceToSequence, source: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
    """Global attention with the score “general”, by einsum and torch's own attention."""
    encoded = states(model.encoder, source, torch.zeros(B, D, dtype=torch.double))
    h = states(model.decoder, read, encoded[:, -1])
    query = torch.einsum("btd,de->bte", h, model.alignment.score.w_a)
    c = functional.scaled_dot_product_attention(query, encoded, encoded, scale=1.0)
    joined = torch.einsum("de,bte->btd", model.combine.weight[:, :D], c) + torch.einsum(
        "de,bte->btd", model.combine.weight[:, D:], h
    )
    return torch.einsum("vd,btd->btv", model.readout.weight, torch.tanh(joined))


def general() -> SequenceToSequence:
    return SequenceToSequence(V, D, luong.GlobalAlignment(luong.GeneralScore(D)))


def test_luong() -> None:
    model = redrawn(general, 1)
    source, read = symbols(S, 2), symbols(T, 3)
    expected = luong_by_torch(model, source, read)
    torch.testing.assert_close(model(source, read)[0], expected)
    model.combine.weight.data = model.combine.weight.data.roll(D, dims=1)  # [h; c] in place of [c; h]
    assert (model(source, read)[0] - expected).abs().max() > 0.1


def test_concat_is_one_linear_layer_of_both_states() -> None:
    score = redrawn(lambda: luong.ConcatScore(D), 4)
    h, encoded = (torch.randn(B, n, D, generator=generator(n), dtype=torch.double) for n in (T, S))
    w_a = torch.cat([score.w_h, score.w_encoded])  # (2D, D)
    pairs = torch.cat([h[:, :, None].expand(-1, -1, S, -1), encoded[:, None].expand(-1, T, -1, -1)], dim=-1)
    torch.testing.assert_close(score(h, encoded), torch.tanh(pairs @ w_a) @ score.v_a[:, 0])
    assert (score(h, encoded) - torch.tanh(pairs.flip(-1) @ w_a) @ score.v_a[:, 0]).abs().max() > 0.1


def bahdanau_by_torch(model: bahdanau.BahdanauTranslator, source: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
    """The same step by step with nn.GRUCell, each energy for itself."""
    zeros = torch.zeros(B, D, dtype=torch.double)
    ahead = states(model.forward_encoder, source, zeros)
    back = states(model.backward_encoder, source.flip(1), zeros).flip(1)
    h = torch.cat([ahead, back], dim=2)
    cell = nn.GRUCell(3 * D, D).double().requires_grad_(False)
    cell.load_state_dict(
        {
            "weight_ih": model.from_input.weight, "bias_ih": model.from_input.bias,
            "weight_hh": model.from_state.weight, "bias_hh": model.from_state.bias,
        }
    )  # fmt: skip
    s, found = torch.tanh(model.start(back[:, 0])), []
    for i in range(read.shape[1]):
        y = model.embedding(read[:, i])
        e = torch.stack([torch.tanh(s @ model.w_a + h[:, j] @ model.u_a) @ model.v_a[:, 0] for j in range(S)], dim=1)
        c = torch.einsum("bs,bsd->bd", e.exp() / e.exp().sum(dim=1, keepdim=True), h)
        s = cell(torch.cat([y, c], dim=1), s)
        found.append(model.readout(torch.tanh(model.output(torch.cat([s, c, y], dim=1)))))
    return torch.stack(found, dim=1)


def test_bahdanau() -> None:
    model = redrawn(lambda: bahdanau.BahdanauTranslator(V, D), 5)
    source, read = symbols(S, 6), symbols(T, 7)
    expected = bahdanau_by_torch(model, source, read)
    torch.testing.assert_close(model(source, read)[0], expected)
    mutated = redrawn(lambda: bahdanau.FirstStateQuery(V, D), 5)
    assert (mutated(source, read)[0] - expected).abs().max() > 0.01
