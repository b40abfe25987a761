"""What the page of neural cellular automata says beyond its claims."""

import numpy as np
import pytest
import torch

from app.experiments.other.growing.run import AFTER, DRAWS, GROWN, GrowingControls, course, run
from models.cellular.automaton import seed_cell
from models.cellular.chance import taking_part
from models.data.drawn_target import SIZE, lizard
from models.training.beginnings import CHANNELS, PART, error
from models.training.growing import pretrained
from tests.entries.evidence import runs_of
from visualizers.image import IMAGES

shown = runs_of("neural-cellular-automaton")


def test_the_course_is_the_rule_applied_again_and_again_with_an_erasure_in_between() -> None:
    found = run(GrowingControls(), "cpu").courses["damage"]
    model = pretrained("damage", 0)
    grown = model(seed_cell(SIZE, CHANNELS), taking_part(0, 0, GROWN, SIZE, PART))[0]
    assert torch.allclose(found.states[-1:], grown, atol=1e-5)
    gone = (found.hit.abs().sum(-1) == 0) & (grown[0].abs().sum(-1) > 0)
    places = gone.nonzero()
    assert ((places - torch.tensor([5, 6])) ** 2).sum(-1).max() <= 16
    assert not torch.equal(found.hit, grown[0])
    assert len(found.errors) == GROWN + 1 + 1 + AFTER
    assert not found.errors.isnan().any()
    each = [course("damage", 0, 5, 6, 4.0, PART, DRAWS * masks) for masks in range(3)]
    assert len({one.errors[-1].item() for one in each}) == 3, "another draw has other errors"
    parts = torch.cat([taking_part(draw, 0, GROWN, SIZE, PART) for draw in range(DRAWS)])
    last = model(seed_cell(SIZE, CHANNELS, DRAWS), parts)[0]
    assert found.errors[GROWN].item() == pytest.approx(error(last).mean().item(), abs=1e-6)


def test_the_pictures_are_the_states_and_the_last_one_of_damage_is_the_lizard() -> None:
    sheet = np.asarray(next(one for one in shown().figures["rules"].plot.data if one.name == IMAGES).z, dtype=float)
    assert sheet.shape == (3 * 17 - 1, 8 * 17 - 1)
    last = sheet[2 * 17 : 2 * 17 + 16, 7 * 17 :] / 100
    assert np.mean((last - lizard().numpy()) ** 2) < 0.03
    pool = sheet[17 : 17 + 16, 7 * 17 :] / 100
    assert np.mean((pool - lizard().numpy()) ** 2) > 0.04


def test_rules_share_their_first_thousand_steps_and_only_those_with_a_pool_last() -> None:
    metrics = shown().metrics
    assert metrics["error_left_alone_seed"] > 0.05
    assert max(metrics["error_left_alone_pool"], metrics["error_left_alone_damage"]) < 0.01
    assert metrics["error_60_steps_after_pool"] > 0.05


def test_the_middle_of_the_body_comes_back_in_part_only() -> None:
    at = {place: shown(row=place[0], column=place[1]).metrics["error_60_steps_after"] for place in ((5, 6), (8, 7))}
    assert at[5, 6] < 0.01
    assert at[8, 7] > 0.03


def test_an_explosion_is_a_gap_and_never_an_exception() -> None:
    found = course("seed", 0, 5, 6, 8.0, 1.0, 3)
    assert (found.errors[torch.isfinite(found.errors)] < 1e6).all()
    run_ = shown(way="seed", share=1.0, radius=8.0)
    assert all(len(figure.plot.to_json()) < 100_000 for figure in run_.figures.values())


def test_what_is_sent_to_the_browser_is_the_trained_rule() -> None:
    machine = shown().figures["cells"].machine
    rule = pretrained("damage", 0)
    assert machine is not None
    assert torch.equal(torch.as_tensor(machine.numbers["first"]), rule.hidden.weight.flatten())
    assert torch.equal(torch.as_tensor(machine.numbers["second"]), rule.change.weight.flatten())
    assert machine.numbers["start"] == GROWN
