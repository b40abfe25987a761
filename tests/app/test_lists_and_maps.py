"""The lists that come when they are opened, and the map by chapters."""

import json
import re

import pytest

from app.web import permalink
from app.web.page import build
from app.web.panels import concept_graph, concept_map, home, rail
from glossary import graph, reader
from glossary.search import search


def shown(query: str) -> str:
    place = permalink.read(query)
    assert place.problems == ()
    return str(concept_map.page(place))


def nodes(page: str) -> list[str]:
    return re.findall(r'data-node="([^"]+)"', page)


def lines(page: str) -> list[list[str]]:
    drawn = re.search(r'data-lines="([^"]*)"', page)
    assert drawn
    return json.loads(drawn[1].replace("&#34;", '"'))


def test_a_first_page_holds_no_entry_but_those_to_start_with() -> None:
    first = str(rail.rail()) + str(home.top()) + str(home.chapters())
    assert set(re.findall(r"\?entry=([\w-]+)", first)) == {entry.slug for entry in home.beginners()}


def test_building_the_page_reads_no_entry_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reader.Entries(reader._paths())
    monkeypatch.setattr(reader, "entries", lambda: found)
    assert build()
    assert found._read == {}


def test_every_entry_stands_in_the_list_of_its_chapter_and_in_no_other() -> None:
    listed = [
        (chapter.slug, slug)
        for chapter in reader.chapters()
        for slug in re.findall(r'data-entry="([^"]+)"', rail.items(chapter.slug))
    ]
    assert listed == [(head.chapter, slug) for slug, head in reader.heads().items()]
    for slug, head in reader.heads().items():
        assert f'href="?entry={slug}"' in home.entries_of(head.chapter)


def test_a_chapter_that_is_not_there_has_an_empty_list() -> None:
    assert rail.items("cooking") == rail.items({"slug": 1}) == ""


def test_the_rail_knows_how_many_entries_of_each_level_a_chapter_has() -> None:
    levels = [json.loads(one.replace("&#34;", '"')) for one in re.findall(r'data-levels="([^"]+)"', rail.rail())]
    assert sum(sum(one.values()) for one in levels) == len(reader.heads())
    advanced = sum(head.level == "advanced" for head in reader.heads().values())
    assert sum(one.get("advanced", 0) for one in levels) == advanced


def test_every_offered_search_finds_something() -> None:
    assert all(search(words, 1) for words in home.TRIED)


def test_no_chapter_is_called_like_an_entry() -> None:
    assert not {one.slug for one in reader.chapters()} & {slug for one in reader.chapters() for slug in one.entries}


def test_the_map_begins_with_the_chapters() -> None:
    page = shown("?map=concepts")
    here = {head.chapter for head in reader.heads().values()}
    assert set(nodes(page)) == here
    titles = {chapter.slug: chapter.title for chapter in reader.chapters()}
    coming = page.partition("Coming: ")[2]
    assert all((title in coming) == (slug not in here) for slug, title in titles.items())
    assert len(lines(page)) <= graph.LINES_OF_CHAPTER * len(here)


def test_lines_between_chapters_lead_forwards_and_are_counted_in_the_table() -> None:
    place = {chapter.slug: index for index, chapter in enumerate(reader.chapters())}
    titles = {chapter.slug: chapter.title for chapter in reader.chapters()}
    page = shown("?map=concepts")
    for start, end, _ in lines(page):
        assert place[start] < place[end]
        count = sum(
            reader.heads()[need].chapter == start
            for head in reader.heads().values()
            if head.chapter == end
            for need in dict.fromkeys(concept_graph.known(head.needs))
        )
        row = next(row for row in page.split("<tr>") if f">{titles[end]}</a></th>" in row)
        assert f">{titles[start]}</a> ({count})" in row


def test_a_chapter_opens_on_all_its_entries_and_says_their_needs_in_a_table() -> None:
    for chapter in {head.chapter for head in reader.heads().values()}:
        page = shown(f"?map=concepts&at={chapter}")
        own = [head for head in reader.heads().values() if head.chapter == chapter]
        assert {head.slug for head in own} <= set(nodes(page))
        assert {slug for start, end, _ in lines(page) for slug in (start, end)} <= {head.slug for head in own}
        for head in own:
            row = next(
                row
                for row in page.split("<tr>")
                if row.startswith(f'<th scope="row"><a href="?map=concepts&amp;at={head.slug}"')
            )
            needs, variants = re.findall("<td>(.*?)</td>", row)
            assert needs.count("<a ") == len(concept_graph.known(head.needs))
            assert variants.count("<a ") == len(concept_graph.known(head.variants))


def test_no_chapter_has_more_lines_than_can_be_followed() -> None:
    for chapter in {head.chapter for head in reader.heads().values()}:
        drawn = [kind for _, _, kind in lines(shown(f"?map=concepts&at={chapter}")) if kind == "needs"]
        assert len(drawn) <= 2 * sum(head.chapter == chapter for head in reader.heads().values())


def test_a_walk_from_an_entry_that_many_need_shows_some_and_counts_the_others() -> None:
    users = graph.around("softmax").needed_by
    page = shown("?map=concepts&at=softmax")
    column = page.partition("<h2>Needed by</h2>")[2].partition("</section>")[0]
    assert column.count("<a ") == concept_graph.MOST_IN_A_LIST < len(users)
    assert f"and {len(users) - concept_graph.MOST_IN_A_LIST} more" in column
