"""Every checkpoint that ships does what its card says, is small and whole; a broken one says how to make it again."""

import hashlib
import json
import math
import shutil
import subprocess
import sys

import pytest
import torch

from models import checkpoints
from models.checkpoints import DIRECTORY, CheckpointError, command, load_card, load_state
from models.training import skills
from models.training.recipes import recipes
from models.training.report import agrees
from tests.fingerprints import fingerprint_of_card
from tests.verified import stands

NAMES = sorted(path.stem for path in DIRECTORY.glob("*.json"))
QUICK = {
    *(f"sequence_{kind}" for kind in ("mamba", "s4d", "s4d_delayed", "retnet", "gru", "attention")),
    *(f"digit_{kind}" for kind in ("cnn", "vit", "classifier", "autoencoder", "vae")),
    *("gated_cells", "character_rnn", "extended_lstm", "early_cue", "tones"),
    *("word_frequencies", "decoder_windowed"),
    *("list_halves", "tok_halves", "t5_tasks", "segment_memory", "warm_up", "decoder_arms"),
    *("masked_encoder", "translator", "offset_copiers", "narrow_heads", "sinks", "sparse_selection"),
    *("plane_flows", "changing_pace", "damped_waves", "circuit_policies", "posterior_draws"),
    *("patch_vits", "digit_encoders", "vit_variants", "scene_unet", "denoising_unet", "digit_capsules"),
    *("spiking_digits", "repeated_pattern", "hidden_patches"),
}


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NAMES]
)
def test_a_checkpoint_that_changed_does_what_its_card_says(name, record_property, request):
    """Measured again if its weights, its card, its recipe or what these are made of changed, and all with ``--all``."""
    fingerprint = fingerprint_of_card(name)
    if stands("checkpoint", name, fingerprint, request.config):
        return
    record_property("checkpoint", name)
    told, now = load_card(name)["metrics"], recipes()[name].made.measured()
    assert told.keys() <= now.keys()
    off = {metric: (now[metric], value) for metric, value in told.items() if not agrees(now[metric], value)}
    assert not off
    record_property("verified", fingerprint)


def test_every_checkpoint_is_made_and_measured_by_a_recipe():
    assert set(recipes()) == set(NAMES)


def test_what_starts_from_another_checkpoint_comes_after_it():
    order = list(recipes())
    for before, after in (("decoder", "sft"), ("sft", "reward_model"), ("decoder_multi_head", "decoder_long_context")):
        assert order.index(before) < order.index(after)


def test_each_checkpoint_has_a_command_of_its_own_or_shares_one_whole_run():
    made = [recipe.command for name, recipe in recipes().items() if name != "digit_classifier"]
    assert len(set(made)) == len(made)


def test_checkpoints_are_small():
    sizes = {path.name: path.stat().st_size for path in DIRECTORY.glob("*.safetensors")}
    assert max(sizes.values()) <= 4e6, sizes
    assert sum(sizes.values()) <= 90e6, sizes


def test_nothing_but_safetensors_and_cards():
    assert {path.suffix for path in DIRECTORY.iterdir()} == {".safetensors", ".json"}
    assert {path.stem for path in DIRECTORY.glob("*.safetensors")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_complete(name):
    card = load_card(name)
    assert card["name"] == name
    assert card.keys() >= {"command", "seed", "device", "data", "steps", "parameters", "metrics", "torch", "sha256"}
    assert card["metrics"]
    assert isinstance(card.get("seconds", 0.0), float)
    assert all(weight.isfinite().all() for weight in load_state(name).values())


@pytest.fixture
def copied(tmp_path):
    for suffix in ("json", "safetensors"):
        shutil.copy(DIRECTORY / f"digit_classifier.{suffix}", tmp_path)
    return tmp_path


def test_a_missing_checkpoint_names_the_command(tmp_path):
    with pytest.raises(CheckpointError, match=r"is missing.*python -m models\.training sequence_gru"):
        load_state("sequence_gru", tmp_path)


def test_a_card_without_weights_names_the_command(copied):
    (copied / "digit_classifier.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"has no weights.*python -m models\.training digit_classifier"):
        load_state("digit_classifier", copied)


def test_a_damaged_checkpoint_names_the_command(copied):
    path = copied / "digit_classifier.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # one bit
    path.write_bytes(bytes(data))
    with pytest.raises(CheckpointError, match="does not match the hash in its card"):
        load_state("digit_classifier", copied)


def test_an_unreadable_card_names_the_command(copied):
    (copied / "digit_classifier.json").write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="unreadable card"):
        load_card("digit_classifier", copied)


def test_a_file_that_is_no_safetensors_is_refused_even_with_the_right_hash(copied):
    data = b"not a checkpoint"
    card = json.loads((copied / "digit_classifier.json").read_text(encoding="utf-8"))
    card["sha256"] = hashlib.sha256(data).hexdigest()
    (copied / "digit_classifier.json").write_text(json.dumps(card), encoding="utf-8")
    (copied / "digit_classifier.safetensors").write_bytes(data)
    with pytest.raises(CheckpointError, match="is damaged"):
        load_state("digit_classifier", copied)


def test_what_was_saved_is_read_back(tmp_path):
    weights = {"a": torch.arange(6.0).view(2, 3)}
    checkpoints.save("point_denoiser", weights, {"metrics": {}}, tmp_path)
    torch.testing.assert_close(load_state("point_denoiser", tmp_path), weights)
    assert command("point_denoiser") == "python -m models.training point_denoiser"


@pytest.mark.slow
def test_the_quickest_is_made_again_by_the_command_on_its_card(tmp_path):
    name = min(NAMES, key=lambda name: load_card(name).get("seconds", math.inf))
    told = load_card(name)
    command = [sys.executable, *told["command"].split()[1:], "--out", str(tmp_path)]
    subprocess.run(command, check=True, cwd=DIRECTORY.parents[1])
    made = load_card(name, tmp_path)
    assert made["metrics"].keys() == told["metrics"].keys()
    assert all(agrees(made["metrics"][metric], value) for metric, value in told["metrics"].items())
    assert made["steps"] == told["steps"]


def test_every_skill_is_found_on_a_card():
    told = {name: load_card(name)["metrics"] for name in NAMES}
    shown = list(skills.lines(told))
    assert len(shown) == len(skills.SKILLS)
    assert all(skills.chosen(told[name], pattern) for _, name, wanted in skills.SKILLS for pattern in wanted)
