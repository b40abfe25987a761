"""Measures that entries share: what is declared is measured on the same data, offered, and set side by side."""

from itertools import permutations

import pytest
import torch

from app.experiments import experiment
from app.experiments.generative.flow_course import truth_of
from app.experiments.generative.two_players.games import mixture_of
from app.web import permalink
from app.web.comparison.differences import differences, side_by_side, telling
from app.web.comparison.suggestions import suggestions
from glossary import reader
from glossary.shared_measures import SharedMeasure, between, partners, shared_measures


@pytest.mark.parametrize("measure", shared_measures(), ids=lambda one: one.says)
def test_every_metric_is_one_of_its_entry_and_every_setting_a_legal_one(measure: SharedMeasure) -> None:
    for slug, one in measure.of.items():
        entry = reader.entries()[slug]
        kind = experiment(entry.live.experiment)
        assert one.metric in kind.labels, slug
        kind.controls(**{**entry.live.preset, **one.set})


def test_partners_are_offered_first_each_with_its_setting() -> None:
    for measure in shared_measures():
        for left, right in permutations(measure.of, 2):
            places = [permalink.read(one.query) for one in suggestions(reader.entries()[left])]
            mine = next(place for place in places if place.beside == right)
            assert places.index(mine) < len(partners(left))
            assert not mine.problems
            first = partners(left)[right]
            assert set(mine.values) == set(first.of[left].set)
            assert set(mine.beside_values) == set(first.of[right].set)


def test_the_ring_of_the_two_players_is_that_of_the_flow() -> None:
    for one, other in zip(mixture_of("ring of 8", ""), truth_of("ring of eight", ""), strict=True):
        torch.testing.assert_close(one, other)


def test_shared_measures_get_one_name_and_are_told_first() -> None:
    slugs = ["simclr", "byol-simsiam"]
    measures = [*between(*slugs)]
    assert [one.says for one in measures] == [one.says for one in shared_measures() if set(slugs) <= one.of.keys()]
    left = {"feature_probe_percent": 90.0, "loss": 1.0, "embedding_accuracy_percent": 60.0}
    right = {"probe_percent": 80.0, "loss": 5.0, "one_label_accuracy_percent": 40.0}
    (one, other), labels = side_by_side([left, right], measures, slugs)
    assert one == {"shared_0": 90.0, "shared_1": 60.0, "loss": 1.0}
    assert other == {"shared_0": 80.0, "shared_1": 40.0, "loss": 5.0}
    assert list(labels) == ["shared_0", "shared_1"]
    assert [each.metric for each in telling(differences(one, other), [*labels])] == ["shared_1", "shared_0"]


def test_a_side_without_a_result_keeps_its_names_and_an_entry_is_not_its_own_partner() -> None:
    slugs = ["gan", "normalizing-flow"]
    found, labels = side_by_side([{"points_at_a_mode_percent": 90.0}, {}], [*between(*slugs)], slugs)
    assert found == [{"points_at_a_mode_percent": 90.0}, {}]
    assert not labels
    assert not [*between("gan", "gan")]
    assert "gan" not in partners("gan")
    assert not partners("softmax")


def test_the_judge_is_sure_of_most_digits_that_diffusion_draws_and_points_have_no_such_measure() -> None:
    kind = experiment("generative/diffusion")
    first = next(iter(kind.run(kind.controls(), "cpu")))
    assert kind.measure(first)["readable_percent"] > 75
    assert "readable_percent" not in kind.measure(next(iter(kind.run(kind.controls(data="ring", steps=5), "cpu"))))


def test_raw_pixels_have_one_accuracy_on_every_page_of_a_measure_of_digits() -> None:
    found = []
    for slug in next(one.of for one in shared_measures() if "simclr" in one.of):
        entry = reader.entries()[slug]
        kind = experiment(entry.live.experiment)
        metrics = kind.measure(next(iter(kind.run(kind.controls(**entry.live.preset), "cpu"))))
        found.append((metrics["pixel_accuracy_percent"], metrics["pixel_probe_percent"]))
    for one in found:  # the paradigms' are recorded, in half precision
        assert one == pytest.approx(found[0], abs=0.02)
