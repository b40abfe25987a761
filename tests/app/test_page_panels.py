"""The page's words: marks become HTML, everything else stays text."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.panels.code import highlighted
from app.web.panels.markup import html
from app.web.panels.prose import blocks, caption, first_sentence, inline, measured
from app.web.panels.thumbnails import _DRAWN, thumbnail
from app.web.panels.words import TINY_WORLD, fact_check
from glossary import reader
from models.data.tiny_world import world


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a **b** *c* `d`", '<b>b</b> <i>c</i> <code class="mono">d</code>'),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("<b>no</b> & co", "&lt;b&gt;no&lt;/b&gt; &amp; co"),
        ("`40 %` of 40 %", '<code class="mono">40 %</code> of 40\N{NO-BREAK SPACE}%'),
        ("$a<b$", '<span class="tex" data-tex="a&lt;b">a&lt;b</span>'),
    ],
)
def test_inline_marks(text: str, shown: str) -> None:
    assert str(inline(text)).endswith(shown)


def test_blocks_are_paragraphs_lists_and_tables() -> None:
    shown = str(blocks("One\ntwo.\n\n- a\n- b\n  c\n\n| x | y |\n|---|---|\n| 1 | $z$ |"))
    assert shown.startswith("<p>One two.</p><ul><li>a</li><li>b c</li></ul>")
    assert '<th scope="col">x</th>' in shown
    assert "<td>1</td>" in shown


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_nothing_typed_becomes_a_tag(text: str) -> None:
    hostile = f"{text}<script>alert(1)</script>{text}"
    for shown in (inline(hostile), blocks(hostile), caption(hostile), measured(hostile), html("{}", hostile)):
        assert "<script" not in str(shown)


def test_the_first_sentence_stands_alone() -> None:
    assert first_sentence("It has e.g. This one. Then more.") == ("It has e.g. This one.", "Then more.")
    assert first_sentence("One only") == ("One only", "")
    for entry in reader.entries().values():
        assert first_sentence(entry.definition)[0].endswith((".", ":", "?")), entry.slug


def test_measured_numbers_are_bold_and_counts_are_not() -> None:
    assert str(measured("At 24 and 16 it is 2.7542, within 1.7e−6 or 40 %.")) == (
        "At 24 and 16 it is <b>2.7542</b>, within <b>1.7e−6</b> or <b>40\N{NO-BREAK SPACE}%</b>."
    )
    assert str(measured("head 7 0.86, 1 024.5 and -3e-4")) == (
        "head 7 <b>0.86</b>, <b>1\N{NO-BREAK SPACE}024.5</b> and <b>−3e−4</b>"
    )
    assert str(measured("13% of 35 333")) == "<b>13\N{NO-BREAK SPACE}%</b> of 35\N{NO-BREAK SPACE}333"


def test_a_caption_carries_its_colour_key() -> None:
    shown = str(caption("{accent|query} meets {mark|wedge}"))
    assert 'background:var(--accent)"></i>query</span></span> meets' in shown
    assert 'class="sq"' in shown


def test_a_colour_key_may_name_a_trace_and_holds_on_to_its_first_word() -> None:
    shown = str(caption("{trace:key, head 3|the keys} of {trace:gone|none}", {"key, head 3": "c2"}.get))
    assert 'background:var(--c2)"></i>the</span> keys</span> of' in shown
    assert shown.endswith("of none")


def test_code_is_marked_without_a_letter_lost() -> None:
    source = 'def f(x):  # (B, T) <b>\n    """doc"""\n    return x & 1\n'
    shown = str(highlighted(source))
    assert '<span class="k">def</span> f(x):  <span class="c"># (B, T) &lt;b&gt;</span>' in shown
    assert str(highlighted("if (")) == "if ("


def test_every_chapter_has_its_own_drawing() -> None:
    slugs = {chapter.slug for chapter in reader.chapters()}
    assert slugs == set(_DRAWN)
    assert len({str(thumbnail(slug)) for slug in slugs}) == len(slugs)


def test_a_measured_number_has_a_true_minus() -> None:
    assert str(measured("It falls by -0.016, or 1e-5, of x-3.")) == "It falls by <b>−0.016</b>, or <b>1e−5</b>, of x-3."


def test_the_tiny_world_is_explained_once_where_it_is_named() -> None:
    named = 0
    for entry in reader.entries().values():
        shown = str(fact_check(entry))
        mentioned = "tiny world" in entry.fact_check + entry.details
        named += mentioned
        assert shown.count('popovertarget="tiny-world"') == shown.count('id="tiny-world"') == mentioned, entry.slug
    assert named > 20


def test_the_tiny_world_is_as_told() -> None:
    facts = world().facts
    count = Counter(fact.relation for fact in facts)
    assert [count[relation] for relation in ("home", "job", "pet", "friend", "river", "land")] == [48] * 4 + [24] * 2
    assert {"48 people", "24 cities"} <= set(re.findall(r"\d+ \w+", TINY_WORLD))
    never = sum(fact.tier == "never" for fact in facts) / len(facts)
    assert never == pytest.approx(1 / 5, abs=0.02)
