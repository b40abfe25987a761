"""What the pages on scores, masks, groups, windows and temperature say in words beyond their claims."""

from collections.abc import Iterator

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from app.experiments import experiment
from app.experiments.attention.causal_mask import run as masks
from app.experiments.attention.causal_mask.run import MaskControls, mask_of
from app.experiments.attention.grouped_query import run as grouped
from app.experiments.attention.scaled_scores.run import scores_of
from app.experiments.attention.shared_heads import first_heads
from app.experiments.attention.sliding_window.behind_a_window import masks_of
from app.experiments.base import Figure
from app.experiments.decoding.temperature.quality import PROBABILITIES, distribution
from models.attention.dot_product import attention_weights
from models.data.facts_asked_again import PEOPLE, facts_asked_again
from models.data.stated_facts import last_sentence, verdict
from models.data.tiny_world import world
from models.data.words import CITIES
from models.seeding import normal
from models.tokenization.tokenizer import END, ids_of, labels


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 3), st.integers(1, 9), st.integers(2, 9), st.integers(2, 7))
def test_scaled_scores_are_torchs_and_a_missing_root_is_noticed(heads, queries, keys, width):
    q, k, v = (normal(heads, n, width, seed=n).double() for n in (queries, keys, keys))
    theirs = scaled_dot_product_attention(q, k, v)
    torch.testing.assert_close(attention_weights(scores_of(q, k, "√width")) @ v, theirs)
    for other in ("nothing", "width"):
        assert not torch.allclose(attention_weights(scores_of(q, k, other)) @ v, theirs)


@given(st.integers(1, 40), st.integers(3, 10))
def test_a_band_holds_the_scores_that_the_page_states(tokens, w):
    band = masks_of(w, "every", 0, tokens, 1, "cpu")[0]
    expected = tokens * w - w * (w - 1) // 2 if tokens >= w else tokens * (tokens + 1) // 2
    assert band.sum() == expected


def test_every_second_layer_and_none_and_sinks():
    causal, band = mask_of("causal", torch.zeros(1, 12)), masks_of(3, "every", 0, 12, 1, "cpu")[0]
    alternate = masks_of(3, "every second", 0, 12, 4, "cpu")
    assert [torch.equal(mask, causal) for mask in alternate] == [False, True, False, True]
    assert all(torch.equal(mask, causal) for mask in masks_of(6, "none", 0, 12, 4, "cpu"))
    kept = masks_of(3, "every", 2, 12, 1, "cpu")[0]
    assert torch.equal(kept, band | (causal & (torch.arange(12) < 2)))


def test_cities_are_asked_for_again_where_the_page_says():
    ids, answers, distance = facts_asked_again(seed=3)
    told = ids.gather(1, answers - 1 - distance)
    assert torch.equal(told, ids.gather(1, answers))
    assert {labels()[city] for city in told.flatten().tolist()} <= set(CITIES)
    assert sorted(set(distance.flatten().tolist())) == list(range(4, 45, 5))
    assert (told[:, None].eq(told[..., None]).sum(dim=1) == 1).all(), "a city told twice could be guessed"
    assert ids.shape[1] == 1 + 2 * 5 * PEOPLE


def test_a_place_beyond_the_text_and_a_long_word_are_told():
    result = masks.run(MaskControls(sentence="Ada lives", changed=20, instead="unheard-of"), "cpu")
    assert int(result.shown.places[0]) == 2
    assert [notice.split(":")[0] for notice in result.notices] == ["changed", "instead"]


def test_any_text_is_read():
    for text in ("🙂", "שלום עולם", "<b>x</b> $x$ {c1|y}", "a" * 2000, "%"):
        figures: dict[str, Figure] = {}
        for family, setting in (
            ("attention/causal_mask", {"sentence": text, "instead": text[:20]}),
            ("attention/sliding_window", {"sentence": text}),
            ("attention/grouped_query", {"sentence": text}),
            ("decoding/temperature", {"prompt": text}),
        ):
            found = experiment(family)
            result = found.run(found.controls(**setting), "cpu")
            if isinstance(result, Iterator):
                *_, result = result
            figures |= found.figures(result, found.measure(result))
        for figure in figures.values():
            assert "<b>x" not in figure.plot.to_json()
            assert text not in figure.caption, "a caption is marked up; what was typed belongs in labels and text"


def test_the_first_head_of_each_group_is_kept():
    weight = torch.arange(8 * 2 * 3.0).view(16, 3)  # 8 heads of 2 features
    kept = first_heads(weight, 8, 2)
    assert torch.equal(kept, torch.cat([weight[:2], weight[8:10]]))


def test_pooling_leaves_the_trained_model_alone():
    full = grouped.pretrained(grouped.CHECKPOINT, "cpu")
    before = {name: weight.clone() for name, weight in full.state_dict().items()}
    *_, last = grouped.run(grouped.GroupedControls(steps=5, kv_heads=4), "cpu")
    assert last.steps == 5
    assert all(torch.equal(before[name], weight) for name, weight in full.state_dict().items())
    assert grouped.pooled(4, "mean", "cpu").config.heads == 8


def test_sentences_are_judged_by_the_world():
    fact = world().by_tier["often"][0]
    home = world().of("home", "Mia").value
    other = next(city for city in CITIES if city != home)
    assert verdict(f"Mia lives in {home} .") == verdict(f"the home of Mia is {home} .") == "true"
    assert verdict(f"Mia lives in {other} .") == "false"
    assert verdict("Mia lives in") == verdict(f"Ada lives in {home} .") == verdict("shop Oslo .") == "neither"
    assert verdict(f"the {fact.relation} of nobody is nothing .") == "neither"


def test_the_sentence_that_the_prompt_began_is_the_one_judged():
    told = [END, *ids_of("Ada lives in Lund . Mia")]
    assert last_sentence([*told, *ids_of("has a duck . Tom has")], len(told)) == "Mia has a duck ."
    assert last_sentence([END, *ids_of("Mia has")], 2) == "Mia has"


def test_dividing_probabilities_changes_nothing():
    z = 3 * normal(5, 20, seed=0)
    torch.testing.assert_close(distribution(z, 3.0, "probabilities are divided", "all"), z.softmax(-1))
    assert not torch.allclose(distribution(z, 3.0, "logits are divided", "all"), z.softmax(-1))


def test_temperature_0_takes_the_likeliest_token_however_it_is_applied():
    z = 3 * normal(5, 20, seed=0)
    for applied in PROBABILITIES:
        p = distribution(z, 0, applied, "all")
        assert (p.argmax(-1) == z.argmax(-1)).all()
        assert (p.sum(-1) == 1).all()
        assert (p.amax(-1) == 1).all()
