"""The room for pages that read a text: the tiny world's model or a published one, with bounds of its own."""

import io
import json
import math
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import torch
from pydantic import Field

from app.claims import check
from app.controls import changed, parse, specs
from app.engine import Engine
from app.experiments import experiment, text_model
from app.experiments.attention.head_patterns.run import (
    INDUCTION_HEAD,
    OTHER_SEED,
    PREVIOUS_TOKEN_HEAD,
    scores,
    strongest,
)
from app.experiments.base import Controls, Experiment, Sentence
from app.experiments.text_model import TINY, ModelControls
from app.export.script import script
from app.runner import Runner
from app.web.panels import running
from app.web.responses import ENDED, Answers
from glossary import reader
from models.language.pretrained_decoders import pretrained
from models.real import convert
from models.real.damaged import DamagedFile

GGUF = Path(__file__).parents[1] / "models" / "real" / "tiny.gguf"


class Example(ModelControls):
    sentence: Sentence = "Ada lives in Lund"
    layer: int = Field(3, ge=0, le=text_model.LARGEST)
    head: int = Field(7, ge=0, le=text_model.LARGEST)


@pytest.fixture
def none(tmp_path, monkeypatch):
    """No published model is here."""
    monkeypatch.setenv("MODELARIUM_REAL", str(tmp_path))
    text_model.sizes.cache_clear()
    return tmp_path


@pytest.fixture
def small(none):
    """A published model of 2 layers with 4 heads."""
    made = none / "small"
    made.mkdir()
    convert.from_gguf(GGUF, made)
    convert.write_card(made, {"kind": "decoder"})
    yield made
    text_model.sizes.cache_clear()


def spec(controls: Controls, name: str, in_sight: tuple[str, ...] = ()) -> dict:
    return next(one for one in specs(controls, in_sight) if one["name"] == name)


def test_without_a_published_model_the_page_is_as_it_was_and_says_how_to_get_one(none):
    model = spec(Example(), "model", ("sentence",))
    assert (model["kind"], model["choices"], model["more"]) == ("choice", (TINY,), True)
    assert "make real" in model["help"]
    assert [one["name"] for one in specs(Example(), ["sentence", "head"])][:2] == ["sentence", "head"]
    assert (spec(Example(), "layer")["high"], spec(Example(), "head")["high"]) == (3, 7)


def test_with_one_the_choice_stands_before_all_controls(small):
    first = specs(Example(), ["sentence", "head"])[0]
    assert (first["name"], first["choices"], first["more"]) == ("model", (TINY, "small"), False)
    assert first == specs(Example(), ["sentence", "model", "head"])[0]


def test_bounds_are_those_of_the_chosen_model(small):
    controls = Example(model="small", layer=1, head=3)
    assert (spec(controls, "layer")["high"], spec(controls, "head")["high"]) == (1, 3)
    assert [spec(one, "sentence")["words"] for one in (Example(), controls)] == [True, False]  # it knows others
    assert changed(controls, {}) == {"model": "small", "layer": "1", "head": "3"}


def test_another_model_lowers_what_it_does_not_have_and_says_so(small):
    parsed = parse(Example, {"model": "small", "layer": "3", "head": 7}, {})
    assert (parsed.controls.layer, parsed.controls.head) == (1, 3)
    assert parsed.problems == ()
    assert parsed.notes == (
        "layer: goes up to 1 here; 1 is shown instead of 3",
        "head: goes up to 3 here; 3 is shown instead of 7",
    )
    assert parse(Example, {"layer": "3"}, {}).notes == ()
    assert (Example(model="small").layer, Example(model="small").head) == (1, 3)  # what stands there by itself, too
    far = parse(Example, {"layer": "99"}, {})
    assert far.problems == ("layer: takes a whole number from 0 to 63; you gave '99'",)
    assert parse(Example, {"layer": "x"}, {}).problems == ("layer: takes a whole number from 0 to 63; you gave 'x'",)


def test_a_model_that_is_not_there_is_refused_with_how_to_get_it(none):
    parsed = parse(Example, {"model": "SmolLM2-135M", "sentence": "hello"}, {})
    assert parsed.problems == ("model: takes one of tiny world (Published models: make real); you gave 'SmolLM2-135M'",)
    assert (parsed.controls.model, parsed.controls.sentence) == (TINY, "hello")  # the rest goes on


def test_the_tiny_model_reads_behind_an_end_of_text_token_and_a_published_one_the_text_alone(small):
    tiny, other = text_model.text_model(TINY, "cpu"), text_model.text_model("small", "cpu")
    assert tiny.decoder is pretrained("decoder")
    assert tiny.read("Ada lives", 9, "sentence").pieces == ["<|end|>", "Ada", "lives"]
    read = other.read("the an", 9, "sentence")
    assert read.pieces == ["the", "an"]
    assert [other.label(token) for token in read.ids[0].tolist()] == ["·the", "an"]
    assert other.decode(read.ids[0].tolist()) == "the an"
    assert tiny.decode(tiny.read("Ada lives", 9, "sentence").ids[0, 1:].tolist()) == "Ada lives"


def test_a_host_limits_the_tokens(small, monkeypatch):
    monkeypatch.setenv("MODELARIUM_REAL_TOKENS", "3")
    read = text_model.text_model("small", "cpu").read("the the the the", 44, "sentence")
    assert len(read.pieces) == 3
    assert read.notices == ["sentence: only the first 11 of 15 characters are read (3 of 4 words)"]
    assert len(text_model.text_model(TINY, "cpu").read("Ada " * 8 + "Ada", 44, "sentence").pieces) == 10


def measured(controls: Example, device: str) -> torch.Tensor:
    model = text_model.text_model(controls.model, device)
    return model.decoder(model.read(controls.sentence, 9, "sentence").ids)[1].weights[controls.layer]


READS = Experiment(Example, measured, lambda weights: {"tokens": weights.shape[-1]}, lambda result, numbers: {})


def test_a_published_model_runs_in_the_heavy_lane_under_its_own_badge(small, monkeypatch):
    monkeypatch.setattr("app.runner.experiment", lambda id: READS)
    assert [READS.heavy(Example(model=name)) for name in (TINY, "small")] == [False, True]
    runner = Runner()
    assert runner.run("reads", Example(model="small", layer=1)).badge == "published weights"
    assert runner.run("reads", Example()).badge == "live"


def test_damaged_weights_are_named_to_the_reader_and_the_tiny_model_goes_on(small, monkeypatch):
    (small / "model.safetensors").write_bytes(b"")
    monkeypatch.setattr("app.runner.experiment", lambda id: READS)
    runner = Runner()
    with pytest.raises(Exception, match=r"model\.safetensors does not match the hash .* python -m app real"):
        runner.run("reads", Example(model="small", layer=1))
    assert runner.run("reads", Example()).metrics == {"tokens": 5.0}


def test_damaged_settings_are_named(small):
    (small / "config.json").write_text(json.dumps({"model_type": "mamba"}))
    with pytest.raises(DamagedFile, match=r"config\.json names the architecture 'mamba'"):
        Example(model="small", layer=1)


@pytest.mark.parametrize(("slug", "left_out"), [("temperature", 0), ("rope", 1)])
def test_a_script_leaves_out_claims_that_a_published_model_does_not_measure(small, slug, left_out):
    entry = reader.entries()[slug]
    controls = parse(experiment(entry.live.experiment).controls, {"model": "small"}, entry.live.preset).controls
    text = script(entry, controls)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(text, "script", "exec"), {})
    told = printed.getvalue()
    assert told.count("held  ") + told.count("FAILED") == len(entry.live.claims) - left_out
    assert "true_endings_lost_share" not in told
    assert all(claim.published.says in told for claim in entry.live.claims if claim.published)


READERS = [
    entry
    for entry in reader.entries().values()
    if issubclass(experiment(entry.live.experiment).controls, ModelControls)
]


OF_FACTS = {
    "context-window": "kinds",
    "depth-upscaling": "continued",
    "decoder-block": "wirings",
    "decoder-only-transformer": "facts",
    "llm-block": "mistakes",
}
"""Entry → the one figure that is measured on facts of the tiny world, which no published model was told."""


@pytest.mark.parametrize("entry", READERS, ids=lambda entry: entry.slug)
def test_a_page_that_reads_text_shows_a_published_model_in_the_same_figures(entry, small):
    def run(**change):
        parsed = parse(experiment(entry.live.experiment).controls, change, entry.live.preset)
        assert parsed.problems == ()
        return Runner().run(entry.live.experiment, parsed.controls)

    tiny, other = run(), run(model="small")
    assert list(other.figures) == [key for key in tiny.figures if key != OF_FACTS.get(entry.slug)]
    assert all(len(figure.plot.to_json()) <= 100_000 for figure in other.figures.values())
    assert (tiny.badge, other.badge) == (experiment(entry.live.experiment).badge, "published weights")
    assert other.parameters != tiny.parameters
    verdicts = {claim.claim.says: claim.verdict for claim in check(entry, other.metrics)}
    sure = [claim.says for claim in entry.live.claims if claim.kind in ("identity", "computed")]
    assert {verdicts[says] for says in sure} <= {"held", "does not apply"}
    labels = experiment(entry.live.experiment).labels
    assert not labels or set(other.metrics) <= set(labels)
    assert running.finds(entry, other) is not None


def test_temperature_judges_nothing_that_a_published_model_says(small):
    entry = reader.entries()["temperature"]
    parsed = parse(
        experiment(entry.live.experiment).controls, {"model": "small", "prompt": "the an"}, entry.live.preset
    )
    run = Runner().run(entry.live.experiment, parsed.controls)
    assert set(run.figures["samples"].plot.data[0].customdata) == {"not judged"}
    assert any("the an" in text for text in run.figures["samples"].plot.data[0].text)
    assert "does not measure it" in running.finds(entry, run)


def test_another_model_brings_its_own_bounds_to_the_page_and_leaves_what_is_being_typed_alone(small):
    engine = Engine("cpu")
    engine.start()
    values = {"model": "small", "layer": "3"}
    stream = Answers(engine).stream({"page": "p", "serial": 2, "entry": "attention-mechanism", "values": values})
    *_, last = filter(None, iter(stream.next, ENDED))
    told = json.loads(last)
    controls = told["parts"]["controls"]
    high = {one["name"]: one["high"] for one in controls["specs"]}
    assert (high["layer"], high["head"], controls["gently"]) == (1, 3, True)
    assert told["values"]["layer"] == 1
    assert "layer: goes up to 1 here" in told["parts"]["notices"]


def test_what_is_known_of_the_tiny_models_heads_is_not_done_to_others(small):
    entry = reader.entries()["attention-mechanism"]
    kind = experiment(entry.live.experiment).controls
    setting = {"model": "small", "sentence": "the an"}
    run = Runner().run(entry.live.experiment, kind(**setting, cut="best answer head"))
    assert run.notices == ("cut: names heads of the tiny world's model; nothing is hidden",)
    assert run.metrics == Runner().run(entry.live.experiment, kind(**setting)).metrics


def test_heads_of_a_published_model_are_chosen_on_other_texts_than_they_are_shown_on(small):
    found = strongest("cpu", "small")
    on_other = scores("one per head", OTHER_SEED, "cpu", "small")
    assert all(on_other[name][place] == on_other[name].max() for name, place in found.items())
    assert strongest("cpu", TINY) == {"previous token": PREVIOUS_TOKEN_HEAD, "induction": INDUCTION_HEAD}


def test_the_pages_that_read_with_a_published_model_are_these():
    assert {entry.slug for entry in READERS} >= {
        "attention-mechanism",
        "attention-sinks",
        "attention-weights",
        "causal-mask",
        "grouped-query-attention",
        "kv-cache",
        "multi-head-attention",
        "query-key-value",
        "repetition-penalty",
        "rope",
        "sliding-window-attention",
        "speculative-decoding",
        "temperature",
    }


def test_a_claim_about_what_was_not_measured_does_not_apply():
    entry = next(iter(reader.entries().values()))
    for checked in check(entry, {}):
        assert checked.verdict == "does not apply"
        assert math.isnan(checked.value)
        assert checked.as_json()["holds"] is None
