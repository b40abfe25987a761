"""Entries are read when they are asked for; their heads stand for them until then."""

from pathlib import Path

import pytest

from glossary import reader
from glossary.reader import Entries, EntryError, read_head
from glossary.schema import Head


def test_the_head_of_an_entry_is_what_the_whole_says() -> None:
    for slug, head in reader.heads().items():
        entry = reader.entries()[slug]
        assert head == Head(**{name: getattr(entry, name) for name in Head.model_fields})


def test_an_entry_is_read_when_it_is_first_asked_for(tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_text("+++\ntitle = 3\n+++\n", encoding="utf-8")
    rope = reader.ROOT / "entries" / "position" / "rope.md"
    entries = Entries({"rope": rope, "broken": broken})
    assert list(entries) == ["rope", "broken"]
    assert "broken" in entries
    assert "other" not in entries
    assert entries["rope"] is entries["rope"]
    with pytest.raises(EntryError, match=r"broken\.md: "):
        entries["broken"]
    with pytest.raises(KeyError):
        entries["other"]


@pytest.mark.parametrize("text", ["no front matter", '+++\ntitle = "x"\nlevel = "easy"\n+++\n', "+++\ntitle = \n+++\n"])
def test_a_head_that_does_not_read_names_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "one.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EntryError, match=r"one\.md: "):
        read_head(path)
