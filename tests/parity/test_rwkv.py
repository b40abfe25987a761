"""RWKV of transformers with the same weights at odd sizes, and a mutation that must be caught."""

from functools import partial

import pytest
import torch

from models.seeding import generator, seeded
from models.statespace.rwkv import chunkwise as wkv_chunkwise
from models.statespace.rwkv import factored
from models.statespace.rwkv import parallel as wkv_parallel
from models.statespace.rwkv import recurrent as wkv_recurrent
from models.statespace.rwkv_changes import decayed_first
from models.statespace.rwkv_model import RWKV
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=2e-5, rtol=1e-5)  # their sums are in 32 bits
V, D, L, F, T = 41, 13, 3, 29, 17

NAMES = {
    "rwkv.blocks.0.pre_ln": "first_norm", "rwkv.embeddings": "embedding", "rwkv.ln_out": "norm", "head": "to_logits",
    "rwkv.blocks.": "", ".attention.": ".time.", ".feed_forward.": ".channel.", ".ln1.": ".time_norms.",
    ".ln2.": ".channel_norms.", "time_mix_key": "shift_k.share", "time_mix_value": "shift_v.share",
    "time_mix_receptance": "shift_r.share", "time_decay": "log_decay", "time_first": "bonus",
    "key.weight": "to_k.weight", "value.weight": "to_v.weight", "receptance.weight": "to_r.weight",
    "output.weight": "to_out.weight",
}  # fmt: skip


def ours_of(key: str) -> str:
    for theirs, ours in NAMES.items():
        key = key.replace(theirs, ours)
    number, _, rest = key.partition(".")
    if number.isdigit():  # “1.time.to_k.weight” → “time.1.to_k.weight”
        kind, _, name = rest.partition(".")
        return f"{kind}.{number}.{name}"
    return key


@pytest.fixture(scope="module")
def pair():
    import transformers

    config = transformers.RwkvConfig(
        vocab_size=V, hidden_size=D, num_hidden_layers=L, attention_hidden_size=D, intermediate_size=F,
        rescale_every=0, use_cache=False,
    )  # fmt: skip
    theirs = transformers.RwkvForCausalLM(config).eval()
    redraw(theirs, 0)
    for block in theirs.rwkv.blocks:
        block.attention.time_decay.data = torch.linspace(-3, 1, D)
        block.attention.time_first.data = torch.randn(D, generator=generator(3))
    ours = seeded(lambda: RWKV(V, D, L, F), 0)
    shapes = {name: weight.shape for name, weight in ours.named_parameters()}
    ours.load_state_dict({ours_of(key): w.view(shapes[ours_of(key)]) for key, w in theirs.state_dict().items()})
    return theirs, ours


@pytest.mark.parametrize("average", [wkv_parallel, factored, wkv_recurrent, partial(wkv_chunkwise, chunk=5)])
def test_rwkv(pair, average):
    theirs, ours = pair
    ids = torch.randint(V, (2, T), generator=generator(1))
    for mix in ours.time:
        mix.average = average
    close(ours(ids)[0], theirs(ids).logits)


def test_a_decay_that_comes_early_is_caught(pair):
    theirs, ours = pair
    ids = torch.randint(V, (2, T), generator=generator(1))
    for mix in ours.time:
        mix.average = decayed_first
    assert (ours(ids)[0] - theirs(ids).logits).abs().max() > 0.01
