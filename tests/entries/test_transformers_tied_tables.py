"""What the page on weight tying says beyond its claims."""

import torch

from app.experiments.transformers.recorded_arms import gains, losses, row_similarity, weights
from app.experiments.transformers.tied_tables.run import EARLY, TieControls, run
from models.data.successors import SYMBOLS
from models.published.configs import CONFIGS
from models.published.weights import total_weights
from tests.entries.evidence import runs_of


def test_logits_of_one_table_alone_are_symmetric_and_lose_the_ring() -> None:
    result = list(run(TieControls(steps=50), "cpu"))[-1]
    alone = result.z[True, "nothing"]
    torch.testing.assert_close(alone, alone.T)
    assert not torch.allclose(result.z[False, "nothing"], result.z[False, "nothing"].T)
    order = result.order
    assert result.targets[order].equal(order.roll(-1))


def test_at_least_one_symbol_of_a_ring_is_wrong_for_any_symmetric_table() -> None:
    E = torch.randn(SYMBOLS, 7, generator=torch.Generator().manual_seed(3)) * torch.logspace(0, 3, SYMBOLS)[:, None]
    right = (E @ E.T).argmax(dim=1) == torch.arange(SYMBOLS).roll(-1)
    assert not right.all()


def test_the_way_back_gets_as_much_as_the_next_symbol() -> None:
    found = runs_of("weight-tying").metrics()({})
    assert abs(found["tied_alone_next_probability"] - found["tied_alone_back_probability"]) < 0.02
    assert found["tied_alone_next_probability"] < 0.5


def test_counts_of_the_page() -> None:
    assert total_weights(CONFIGS["GPT-2"]) == 124_439_808
    saved = next(run(TieControls(steps=50), "cpu")).saved
    assert saved["GPT-2"][0] + total_weights(CONFIGS["GPT-2"]) == 163_037_184
    assert 100_000 * 4096 == 409_600_000
    assert {name for name in ("GPT-2", "Gemma 2 9B", "SmolLM2 135M") if CONFIGS[name].tied} == {
        "GPT-2", "Gemma 2 9B", "SmolLM2 135M",
    }  # fmt: skip
    assert not any(CONFIGS[name].tied for name in ("Llama 2 7B", "Llama 3 8B", "Mistral 7B", "DeepSeek-V3"))


def test_the_recorded_decoders_end_equal_and_their_two_tables_are_nearly_orthogonal() -> None:
    found = runs_of("weight-tying").metrics()({})
    assert abs(found["decoder_gain_nats"]) < found["decoder_gain_spread_nats"]
    assert (gains("untied", "tied", EARLY) > 0).all()
    assert (round(found["decoder_row_cosine"], 2), round(found["decoder_pair_correlation"], 2)) == (0.01, 0.13)
    rows = row_similarity()
    assert rows["same"].abs().max() < 0.1
    assert rows["other"].abs().max() < 0.1
    assert weights("untied") - weights("tied") == 1024 * 48
    assert losses("tied").equal(losses("swiglu"))
