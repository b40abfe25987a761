"""What the page on the transformer says beyond its claims."""

from typing import get_args

import numpy as np
import pytest
import torch

from app.experiments.transformers.left_out import LeftOut
from app.experiments.transformers.one_pass.run import Box, PassControls, run
from app.experiments.transformers.trained_decoder import SENTENCE
from app.provenance.explain import agrees, explain
from app.provenance.plot_points import Click, located
from models.transformer.one_pass import next_token
from tests.entries.evidence import runs_of
from tests.entries.test_traces import places


def figures_of(**change: object):
    return runs_of("transformer")(**change).figures


def test_the_stated_city_is_needed_until_the_attention_of_block_2():
    read = run(PassControls(), "cpu").read
    fact, last = read.pieces.index("Lund"), len(read.pieces) - 1
    assert read.needed[:5, fact].min() > 0.9
    assert read.needed[5:, fact].max() < 0.05
    assert read.needed[3:, last].min() > 0.9
    assert (read.needed[-1, :last] == 0).all()


def test_attention_and_mlp_have_the_weights_that_the_table_says():
    block = run(PassControls(), "cpu").model.blocks[0]
    count = {name: sum(w.numel() for w in part.parameters()) for name, part in block.named_children()}
    assert count["attention"] == 110_592
    assert count["feed_forward"] == 294_912
    assert count["attention_norm"] + count["feed_forward_norm"] == 384
    assert 0.7 < 294_912 / sum(count.values()) < 0.75, "almost three quarters"


def test_a_click_on_a_bar_appends_its_token():
    bars = figures_of()["next"].plot.data
    named = {trace.name: trace for trace in bars}
    assert named["probability"].customdata[0][0] == f"{SENTENCE} Lund"
    after = run(PassControls(sentence=f"{SENTENCE} Lund"), "cpu")
    assert after.read.pieces[-1] == "Lund"
    assert after.prediction == "."


def test_nothing_is_appended_behind_the_end_of_a_text():
    result = run(PassControls(sentence="Mia lives in Lund ."), "cpu")
    assert None in result.appended or "<|end|>" not in result.names


def test_top_k_cuts_and_the_bars_show_it():
    result = run(PassControls(k=3, temperature=2.0), "cpu")
    assert int((result.p > 0).sum()) == 3
    torch.testing.assert_close(result.p, next_token(result.read.logits[-1], 2.0, 3))
    notes = [note.text for note in figures_of(k=3)["next"].plot.layout.annotations]
    assert notes.count("cut") == 7


def test_of_four_blocks_only_the_last_can_be_spared():
    found = runs_of("transformer").metrics()
    right = [found({"left_out": "one block", "block": block})["stated_right_share"] for block in range(4)]
    assert max(right[:3]) < 0.2
    assert right[3] > 0.4


@pytest.mark.parametrize("opened", ["tokens", "embedding", "attention", "MLP", "stream", "logits"])
def test_every_part_opens_its_tensor_is_traced_and_links_to_its_page(opened):
    figure = figures_of(opened=opened)["opened"]
    assert "{entry:" in figure.caption
    (one,) = located({"opened": figure})
    if opened == "tokens":
        return  # what was typed: no function computed it
    assert agrees(one.plotted.shows)
    for at in places(one.plotted):
        explanation = explain([one], Click(one.figure, one.trace, at, 0))
        assert explanation is not None
        assert all(step.latex and step.lines for steps in explanation.chains for step in steps)


def test_what_is_drawn_of_an_opened_part_is_its_tensor():
    for opened in ("tokens", "embedding", "MLP", "stream", "logits"):
        figure = figures_of(opened=opened)["opened"]
        (source,) = figure.sources
        shown = np.asarray(figure.plot.data[0].z, dtype=float)
        assert np.allclose(shown, source.view(source.tensor).numpy(), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("sentence", ["Mia", "<b>&</b>", "ß ∑ 漢", "a " * 60])
def test_any_text_gives_finite_figures(sentence):
    result = run(PassControls(sentence=sentence, left_out="last token → stated fact"), "cpu")
    assert result.read.needed.isfinite().all()
    assert len(result.read.pieces) <= 28


def test_every_box_of_the_picture_is_opened_by_a_click():
    traces = {trace.name: trace for trace in figures_of()["path"].plot.data}
    cells = {key[0] for row in traces["states"].customdata for key in row if key[0]}
    circles = {key[0] for name in ("tokens", "between blocks") for key in traces[name].customdata}
    assert cells | circles | {traces["prediction"].customdata[0][0]} == set(get_args(Box))
    assert len(traces["between blocks"].customdata) == 4 * len(run(PassControls(), "cpu").read.pieces)


def test_what_a_state_is_needed_for_is_the_probability_that_goes_with_it():
    (source,) = figures_of()["path"].sources
    shown = np.asarray(next(t for t in figures_of()["path"].plot.data if t.name == "states").z, dtype=float)
    assert np.allclose(shown, source.view(source.tensor).numpy(), atol=1e-6, equal_nan=True)
    assert agrees(source.shows)


@pytest.mark.parametrize("left_out", get_args(LeftOut))
def test_every_part_can_be_left_out_and_then_something_changes(left_out):
    whole, cut = run(PassControls(), "cpu"), run(PassControls(left_out=left_out), "cpu")
    changed = not torch.equal(whole.read.logits, cut.read.logits)
    assert changed is (left_out != "nothing")
    assert cut.read.needed.isfinite().all()
    for opened in get_args(Box):
        (figure,) = [figures_of(left_out=left_out, opened=opened)["opened"]]
        for one in located({"opened": figure}):
            assert isinstance(one.plotted.shows, torch.Tensor) or agrees(one.plotted.shows)
