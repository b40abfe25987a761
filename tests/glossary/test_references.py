"""Works cited: sorted, each in one file, each cited by somebody."""

import tomllib

import pytest

from glossary import reader
from glossary.reader import EntryError

FILES = sorted((reader.ROOT / "references").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_a_chapter_s_and_sorted_by_key(path):
    keys = list(tomllib.loads(path.read_text(encoding="utf-8")))
    assert path.stem in {chapter.slug for chapter in reader.chapters()} | {"recipes"}
    assert keys == sorted(keys)


def test_a_work_in_two_files_is_an_error(tmp_path, monkeypatch):
    work = '[one2020work]\nauthors = "One"\ntitle = "Work"\nyear = 2020\nvenue = "Here"\n'
    (tmp_path / "references").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "references" / name).write_text(work)
    monkeypatch.setattr(reader, "ROOT", tmp_path)
    with pytest.raises(EntryError, match=r"b\.toml: one2020work: already in another file"):
        reader.references.__wrapped__()
