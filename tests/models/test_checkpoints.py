import importlib
import json
import threading

import pytest
import torch

from models.checkpoints import ARGUMENTS, DIRECTORY, CheckpointError, command, load_card, load_state, save
from models.language.pretrained import pretrained


@pytest.fixture
def saved(tmp_path):
    state = {"weight": torch.tensor([[1.0, 2.0005], [3.0, 4.0]])}
    save("decoder", state, {"command": "…", "seed": 3, "metrics": {"loss_nats": 1.5}}, tmp_path)
    return tmp_path


def test_weights_come_back_in_float32_rounded_to_half(saved):
    weight = load_state("decoder", saved)["weight"]
    assert weight.dtype == torch.float32
    assert torch.equal(weight, torch.tensor([[1.0, 2.0005], [3.0, 4.0]]).half().float())


def test_the_card_says_what_was_told_and_the_hash(saved):
    card = load_card("decoder", saved)
    assert (card["name"], card["seed"], card["metrics"]["loss_nats"]) == ("decoder", 3, 1.5)
    assert len(card["sha256"]) == 64
    assert card["torch"] == torch.__version__


def test_weights_are_read_once_whatever_the_number_of_threads(saved):
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(id(load_state("decoder", saved)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_loading_under_inference_mode_leaves_gradients_possible(saved):
    with torch.inference_mode():
        state = load_state("decoder", saved)
    assert not state["weight"].is_inference()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda d: (d / "decoder.safetensors").unlink(), "has no weights"),
        (lambda d: (d / "decoder.json").unlink(), "is missing"),
        (lambda d: (d / "decoder.json").write_text("{"), "unreadable card"),
        (lambda d: (d / "decoder.safetensors").write_bytes(b"\0" * 100), "does not match the hash"),
    ],
)
def test_damage_is_named_with_the_command_that_repairs_it(saved, damage, says):
    damage(saved)
    with pytest.raises(CheckpointError, match=f"{says}.*python -m models.training.decoder"):
        load_state("decoder", saved)


def test_a_file_whose_hash_is_right_but_is_no_safetensors_is_refused(saved):
    import hashlib

    (saved / "decoder.safetensors").write_bytes(b"nothing")
    card = json.loads((saved / "decoder.json").read_text())
    (saved / "decoder.json").write_text(json.dumps(card | {"sha256": hashlib.sha256(b"nothing").hexdigest()}))
    with pytest.raises(CheckpointError, match="is damaged"):
        load_state("decoder", saved)


def test_a_repaired_checkpoint_is_read(saved):
    data = (saved / "decoder.safetensors").read_bytes()
    (saved / "decoder.safetensors").unlink()
    with pytest.raises(CheckpointError):
        load_state("decoder", saved)
    (saved / "decoder.safetensors").write_bytes(data)
    assert "weight" in load_state("decoder", saved)


def test_every_command_names_a_module_that_can_be_run():
    names = [*ARGUMENTS, *(path.stem for path in DIRECTORY.glob("*.json"))]
    for module in {command(name).split()[2] for name in names}:
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("path", sorted(DIRECTORY.glob("*.json")), ids=lambda path: path.stem)
def test_every_checkpoint_is_small_whole_and_says_how_it_was_made(path):
    card = load_card(path.stem)
    assert load_state(path.stem)
    assert path.with_suffix(".safetensors").stat().st_size <= 4 * 2**20
    assert card["command"] == command(path.stem)
    assert {"seed", "device", "data", "steps", "seconds", "parameters", "metrics"} <= set(card)


def test_all_checkpoints_together_are_small():
    assert sum(path.stat().st_size for path in DIRECTORY.glob("*.safetensors")) <= 40 * 2**20


def test_a_pretrained_decoder_that_is_missing_says_so():
    with pytest.raises(CheckpointError, match=r"'nobody' is missing; .* python -m models.training.nobody"):
        pretrained("nobody")
