"""Rows with an end token and pads, and which positions the loss skips: by hand."""

import math

import pytest
import torch

from models.language import ending
from models.language.ending import (
    IGNORED,
    ending_probability,
    mean_loss,
    rows_of,
    skipping_by_length,
    skipping_pads,
)
from models.seeding import normal
from tests.shape_comments import shapes_checked

START, STOP, PAD = 0, 1, 2


def test_pads_are_skipped_and_the_end_is_asked_for():
    x = rows_of([[5, 6], [7]], START, STOP, PAD)
    assert x.tolist() == [[0, 5, 6, 1], [0, 7, 1, 2]]
    assert skipping_pads(x, PAD).tolist() == [[5, 6, 1], [7, 1, IGNORED]]


def test_where_the_end_is_the_pad_skipping_by_id_loses_it_and_by_length_keeps_it():
    x = rows_of([[5, 6], [7]], START, STOP, STOP)
    assert skipping_pads(x, STOP).tolist() == [[5, 6, IGNORED], [7, IGNORED, IGNORED]]
    n = torch.tensor([4, 3])
    assert skipping_by_length(x, n).tolist() == [[5, 6, 1], [7, 1, IGNORED]]


def test_the_loss_of_uniform_logits_is_ln_v_whatever_is_skipped():
    y = torch.tensor([[3, IGNORED], [1, 2]])
    assert mean_loss(torch.zeros(2, 3, 9), y).item() == pytest.approx(math.log(9))


def test_what_is_skipped_has_no_gradient():
    z = normal(1, 3, 6, seed=0).requires_grad_()
    mean_loss(z, torch.tensor([[4, IGNORED]])).backward()
    assert z.grad[0, 0].abs().sum() > 0
    assert z.grad[0, 1:].abs().sum() == 0


def test_the_probability_of_ending_is_a_share_of_one():
    z = torch.tensor([[[0.0, math.log(3.0), 0.0]]])
    assert ending_probability(z, 1).item() == pytest.approx(0.6)


def test_shape_comments():
    with shapes_checked(ending, B=2, T=4) as watch:
        x = rows_of([[5, 6], [7]], START, STOP, PAD)
        skipping_pads(x, PAD)
        skipping_by_length(x, torch.tensor([4, 3]))
    assert watch.reached
    assert not watch.unreached()
