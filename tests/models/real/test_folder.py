import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from models.language.generation import continuation
from models.real import convert, folder
from models.real.damaged import DamagedFile
from models.real.folder import CARD, SETTINGS, TOKENIZER, WEIGHTS
from models.transformer.decoder import Decoder

TINY = Path(__file__).parent / "tiny.gguf"
CARD_OF_TINY = {"name": "tiny", "kind": "decoder", "licence": "MIT", "source": "drawn at random"}


@pytest.fixture
def root(tmp_path) -> Path:
    """A folder of published models with one in it."""
    made = tmp_path / "tiny"
    made.mkdir()
    convert.from_gguf(TINY, made)
    convert.write_card(made, CARD_OF_TINY)
    return tmp_path


def rewritten(root: Path, file: str, **changes: object) -> None:
    """The model with other settings or another card, the hash of what changed put right."""
    path = root / "tiny" / file
    path.write_text(json.dumps(folder.read_json(path) | changes))
    if file != CARD:
        card = folder.read_json(root / "tiny" / CARD)
        card["sha256"][file] = folder.sha256(path)
        rewritten(root, CARD, sha256=card["sha256"])


def test_a_model_is_read_once_and_shared(root):
    found = folder.load_decoder("tiny", where=root)
    assert folder.load_decoder("tiny", where=root) is found
    assert isinstance(found.model, Decoder)
    assert not any(weight.requires_grad for weight in found.model.parameters())
    assert found.card == folder.read_json(root / "tiny" / CARD)
    assert found.card["parameters"] == sum(weight.numel() for weight in found.model.parameters())
    assert found.card["bytes"] == sum(path.stat().st_size for path in (root / "tiny").iterdir() if path.name != CARD)


def test_weights_are_held_in_half_precision_on_disk_and_whole_in_memory(root):
    stored = {name: tensor for _, name, tensor in folder.tensors(root / "tiny")}
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    model = folder.load_decoder("tiny", where=root).model
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert torch.equal(model.embedding.weight, stored["model.embed_tokens.weight"].float())


def test_epsilon_base_and_groups_come_from_the_file(root):
    model = folder.load_decoder("tiny", where=root).model
    assert {norm.epsilon for norm in model.modules() if hasattr(norm, "epsilon")} == {1e-5}
    assert model.position.base == 100_000.0
    assert (model.config.heads, model.config.kv_heads, model.config.context) == (4, 2, 64)


def test_the_cache_and_a_typed_text_work_as_with_any_decoder(root):
    found = folder.load_decoder("tiny", where=root)
    ids = torch.tensor([found.vocabulary.encode("the 12 äß 🙂").ids])
    assert continuation(found.model, ids, 3).shape == (1, 3)
    assert found.vocabulary.decode(ids[0].tolist()) == "the 12 äß 🙂"


def test_labels_tell_words_from_what_continues_them(root):
    vocabulary = folder.load_vocabulary("tiny", where=root)
    assert vocabulary.encode("the an<|end|>12\n").pieces == ["the", "an", "<|end|>", "·1", "·2", "↵"]
    assert vocabulary.encode("and").pieces == ["an", "·d"]


def test_a_text_is_cut_after_a_whole_character(root):
    vocabulary = folder.load_vocabulary("tiny", where=root)
    whole = vocabulary.encode("the 🙂 the")
    assert len(whole.ids) == 1 + 5 + 1
    for limit in range(2, 6):
        cut = vocabulary.encode("the 🙂 the", limit)
        assert cut.cut_at == 4, limit
        assert vocabulary.decode(cut.ids) == "the "
    with pytest.raises(ValueError, match="sentence: type at least one character"):
        vocabulary.encode("", field="sentence")
    with pytest.raises(ValueError, match="surrogate"):
        vocabulary.encode("\ud800")


def test_what_is_there_is_listed_and_what_is_broken_is_not(root):
    assert folder.present(where=root) == folder.present("decoder", root) == ("tiny",)
    assert folder.present("vocabulary", root) == ()
    (root / "other").mkdir()
    (root / "other" / CARD).write_text("{")
    assert folder.present(where=root) == ("tiny",)
    assert folder.whole(root / "tiny")
    assert not folder.whole(root / "other")
    assert folder.present(where=root / "nowhere") == ()


def flip_a_byte(root: Path) -> None:
    path = root / "tiny" / WEIGHTS
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)


def cut_weights(root: Path) -> None:
    path = root / "tiny" / WEIGHTS
    path.write_bytes(path.read_bytes()[:-100])
    card = folder.read_json(root / "tiny" / CARD)
    rewritten(root, CARD, sha256=card["sha256"] | {WEIGHTS: folder.sha256(path)})


def other_vocabulary(root: Path) -> None:
    path = root / "tiny" / TOKENIZER
    Tokenizer(WordLevel({f"word {i}": i for i in range(1000)}, unk_token="word 0")).save(str(path))
    card = folder.read_json(root / "tiny" / CARD)
    rewritten(root, CARD, sha256=card["sha256"] | {TOKENIZER: folder.sha256(path)})


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (flip_a_byte, "model.safetensors does not match the hash in its card"),
        (cut_weights, "model.safetensors is damaged"),
        (other_vocabulary, "tokenizer.json does not fit the model: it has 1000 tokens, the model 264"),
        (lambda root: (root / "tiny" / WEIGHTS).unlink(), "model.safetensors cannot be read"),
        (lambda root: (root / "tiny" / CARD).write_text("no json"), "card.json cannot be read"),
        (lambda root: (root / "tiny" / CARD).write_text("[1]"), "card.json does not hold named settings"),
        (lambda root: rewritten(root, SETTINGS, model_type="mamba"), "config.json names the architecture 'mamba'"),
        (lambda root: rewritten(root, SETTINGS, hidden_act="gelu"), "config.json does not fit: hidden_act"),
        (lambda root: rewritten(root, SETTINGS, num_hidden_layers=3), "model.safetensors lacks blocks.2.attention"),
        (lambda root: rewritten(root, SETTINGS, num_hidden_layers=1), "holds model.layers.1.* no such tensor"),
        (lambda root: rewritten(root, SETTINGS, intermediate_size=65), r"holds \S+mlp.down_proj.weight of"),
        (
            lambda root: rewritten(root, SETTINGS, rope_scaling={"rope_type": "longrope"}),
            "rope_type: takes default, linear or llama3; this model has 'longrope'",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_mends_it(root, damage, told):
    damage(root)
    with pytest.raises(DamagedFile, match=told) as raised:
        folder.load_decoder("tiny", where=root)
    assert "python -m app real" in str(raised.value)


def test_a_decoder_is_no_sentence_encoder(root):
    with pytest.raises(DamagedFile, match="another kind of model than a SentenceEncoder"):
        folder.load_encoder("tiny", where=root)
