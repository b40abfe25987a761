"""What makes an entry be verified again, and what does not."""

from pathlib import Path

import pytest

from glossary import reader
from models.training.recipes import recipes
from tests import fingerprints
from tests.fingerprints import (
    closure,
    code,
    constants,
    data,
    fingerprint,
    fingerprint_of_card,
    is_named,
    plain,
    seeds_of,
)


def named_data(slug: str) -> set[str]:
    family = reader.entries()[slug].live.experiment.replace("/", ".")
    texts = frozenset().union(*map(constants, closure(f"app.experiments.{family}.experiment")))
    return {path.name for path in data() if is_named(path, texts)}


def test_each_entry_has_a_hash_of_its_own() -> None:
    entries = reader.entries().values()
    assert len({fingerprint(entry) for entry in entries}) == len(entries)


def test_seeds_are_taken_from_the_text() -> None:
    rope, alibi = seeds_of(reader.entries()["rope"]), seeds_of(reader.entries()["alibi"])
    assert len(set(rope)) == 5
    assert set(rope).isdisjoint(alibi)
    assert all(0 <= seed < 2**31 for seed in rope)


def test_what_sets_thousands_apart_does_not_count() -> None:
    assert plain("1,024 of 124\u00a0439\u00a0808, 3,5") == "1024 of 124439808, 3,5"


def test_words_family_models_and_data_count() -> None:
    names = closure("app.experiments.position.rope.experiment")
    assert {"app.experiments.position.rope.run", "models.position.rope", "models.tokenization.tokenizer"} <= names
    assert "app.experiments.position.rope.figures" not in names
    assert {"decoder.json", "tokenizer.json", "loss_by_length.json"} <= named_data("rope")
    assert {"decoder_alibi_position.json", "decoder_none_position.json"} <= named_data("alibi")
    assert "digit_vae.json" not in named_data("rope")


def test_each_checkpoint_has_a_hash_of_its_own() -> None:
    assert len({fingerprint_of_card(name) for name in recipes()}) == len(recipes())


def test_what_a_recipe_is_made_of_counts_for_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: fingerprint_of_card(name) for name in ("decoder", "digit_cnn")}
    known = fingerprints.code
    monkeypatch.setattr(fingerprints, "code", lambda name: known(name) + "·" * (name == "models.convolution.digit_cnn"))
    assert fingerprint_of_card("digit_cnn") != before["digit_cnn"]
    assert fingerprint_of_card("decoder") == before["decoder"]


def test_names_that_are_put_together_count() -> None:
    assert is_named(Path("sequence_mamba.json"), frozenset({"sequence_"}))
    assert is_named(Path("decoder_alibi_position.json"), frozenset({"_position"}))
    assert not is_named(Path("decoder_alibi_position.json"), frozenset({"position", "alibi"}))


def test_words_about_code_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = []
    for number, text in enumerate(
        ['"""A."""\nx = 1  # one\n', '"""B."""\nx = 1\n', '"""B."""\nx = 2\n', 'def f():\n    """C."""\n    return 1\n']
    ):
        file = tmp_path / f"{number}.py"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(fingerprints, "modules", lambda file=file, number=number: {f"m{number}": file})
        hashes.append(code(f"m{number}"))
    assert hashes[0] == hashes[1]
    assert len(set(hashes[1:])) == 3
