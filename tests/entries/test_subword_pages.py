"""What the pages on tokenisation say beyond their claims."""

import pytest

from app.experiments import experiment
from app.experiments.tokens.merges.figures import label, states
from models.tokenization.pre_tokenization import words


def result_of(family: str, **change: object):
    found = experiment(family)
    computed = found.run(found.controls(**change), "cpu")
    metrics = found.measure(computed)
    return computed, metrics, found.figures(computed, metrics)


def test_the_steps_of_the_merges_begin_with_characters_and_end_as_the_text_is_cut():
    result, metrics, figures = result_of("tokens/merges", merges=9)
    frames = states(result.learned)
    assert len(frames) == 10 == len(figures["words"].plot.frames) == len(figures["pairs"].plot.frames)
    assert all(len(piece) == 1 for pieces in frames[0] for piece in pieces)
    spelt = sum(len(pieces) * count for pieces, count in frames[-1].items())
    assert metrics["tokens_per_word"] == pytest.approx(spelt / len(words(result.controls.text)))


def test_the_pair_on_top_is_the_one_that_the_next_merge_makes():
    result, _, figures = result_of("tokens/merges", merges=9)
    for step, frame in zip(result.learned.steps, figures["pairs"].plot.frames):
        shown = frame.to_plotly_json()["data"][0]
        assert shown["text"][0].split("   ")[0] == " + ".join(label(part, "characters") for part in step.merge.pair)
        assert shown["x"][0] == step.merge.count


def test_any_script_falls_into_bytes_and_comes_back():
    text = "Żółć 👩‍👩‍👧 Привет Привет"
    result, _, _ = result_of("tokens/merges", text=text, symbols="bytes", merges=60)
    assert len(result.notices) == 1
    joined = {"".join(pieces) for pieces in states(result.learned)[-1]}
    assert joined == set(result.learned.counts)


@pytest.mark.parametrize("text", ["a", " ", "…", "aaaa aaaa"])
def test_texts_with_nothing_to_merge_draw_a_page(text: str):
    result, metrics, figures = result_of("tokens/merges", text=text)
    assert set(figures) == {"words", "pairs", "held out"}
    assert metrics["merges_done"] == len(result.learned.steps)
    assert all(figure.text for figure in figures.values())
