"""What the pages on the decoder, its block, its MLP and its head say beyond their claims."""

import pytest
import torch

from app.experiments.transformers.answer_depth.run import DepthControls
from app.experiments.transformers.answer_depth.run import run as run_depth
from app.experiments.transformers.block_wiring.run import WiringControls
from app.experiments.transformers.block_wiring.run import run as run_wiring
from app.experiments.transformers.components.run import ComponentControls
from app.experiments.transformers.components.run import run as run_components
from app.experiments.transformers.fact_neurons.run import next_of_kind
from app.experiments.transformers.wiring_mistakes.run import MistakeControls
from app.experiments.transformers.wiring_mistakes.run import run as run_mistakes
from models.published.cache import bytes_held
from models.published.configs import CONFIGS
from models.published.weights import total_weights, weights_by_component
from models.transformer.block_wiring import length
from tests.entries.evidence import runs_of


def test_leaving_out_the_last_block_is_the_lens_before_it():
    whole = run_depth(DepthControls(), "cpu")
    cut = run_depth(DepthControls(left_out="one block", block=3), "cpu")
    assert cut.words[-1] == whole.words[3]
    torch.testing.assert_close(cut.p[-1], whole.p[3])


def test_the_text_goes_on_and_stands_at_some_depth():
    result = run_depth(DepthControls(), "cpu")
    assert result.pieces[result.typed] == "Lund"
    assert result.depth.min() >= 0
    assert result.depth.max() <= 4
    assert len(result.pieces) <= result.typed + 6


def test_the_order_of_the_kinds_comes_back_in_the_last_block():
    metrics = runs_of("decoder-only-transformer").metrics()({"left_out": "MLP of one block", "block": 2})
    assert metrics["stored_lead_share"] < 0
    facts = run_depth(DepthControls(left_out="MLP of one block", block=2), "cpu").facts
    assert facts.stored[-1] > 0.9


def test_the_stream_is_one_long_before_block_0_and_hundreds_behind_block_3():
    first, last = (run_wiring(WiringControls(layer=layer), "cpu").added for layer in (0, 3))
    assert length(first.x).mean() < 2
    assert length(last.x + last.attention + last.mlp).mean() > 300


def test_a_wiring_in_one_block_does_not_concern_the_updates_shown():
    one, two = (run_wiring(WiringControls(wiring=wiring), "cpu").added for wiring in ("as trained", "parallel"))
    assert one.attention.equal(two.attention)


def test_mlps_are_less_orthogonal_than_attention():
    found = runs_of("decoder-block").metrics()
    for layer in (1, 2):
        metrics = found({"layer": layer})
        assert metrics["mlp_cosine"] > metrics["attention_cosine"]


def test_the_next_fact_of_a_kind_is_another_one_of_it():
    same = torch.tensor([[a == b for b in "abab"] for a in "abab"]) & ~torch.eye(4, dtype=torch.bool)
    assert next_of_kind(same).tolist() == [2, 3, 0, 1]


def test_the_last_block_holds_most_of_a_facts_neurons():
    assert runs_of("position-wise-mlp").metrics()({})["busiest_block"] == 3


@pytest.mark.parametrize(("name", "percent"), [("GPT-2", 31.0), ("Llama 3 8B", 6.5), ("Llama 3 70B", 1.5)])
def test_shares_of_the_output_matrix(name, percent):
    config = CONFIGS[name]
    parts = weights_by_component(config)
    share = parts.get("output embedding", parts["token embedding"]) / total_weights(config)
    assert 100 * share == pytest.approx(percent, abs=0.05)


def test_narrower_heads_are_worse():
    found = runs_of("softmax-head").metrics()
    loss = [found({"width": width})["excess_nats"] for width in (1, 2, 3, 4)]
    assert loss == sorted(loss, reverse=True)


def test_each_component_is_needed():
    result = run_components(ComponentControls(), "cpu")
    assert min(rise for name, rise in result.rises.items() if name != "norm gains") > 2
    assert sum(result.shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", ["GPT-2", "Llama 3 8B", "Mixtral 8×7B", "DeepSeek-V3"])
def test_published_models_are_counted_whole(name):
    result = run_components(ComponentControls(shown=name, tokens=1024), "cpu")
    c = CONFIGS[name]
    assert sum(result.weights.values()) == total_weights(c)
    assert sum(result.memory.values()) == 2 * total_weights(c) + bytes_held(c, 1024)
    per_token = sum(result.operations.values()) - result.operations["scores"]
    used = total_weights(c) if c.experts is None else per_token / 2048  # of the experts, a few
    assert per_token / 2048 == pytest.approx(used, rel=0.15)  # two per weight, but for embeddings looked up


def test_the_symbols_of_a_block_fit_together():
    result = run_mistakes(MistakeControls(), "cpu")
    s = result.symbols
    torch.testing.assert_close(s.neurons, torch.nn.functional.silu(s.gate) * s.value)
    assert s.weights.sum().item() == pytest.approx(1, abs=1e-5)
    assert len(s.weights) == len(result.pieces)


def test_weights_reordered_to_match_cost_nothing():
    losses = run_mistakes(MistakeControls(), "cpu").losses
    for name in ("pairs in halves, rows moved", "KV heads tiled, heads reordered"):
        assert losses[name] == pytest.approx(losses["none"], abs=1e-4)
