"""Painting on a mask: cells open and close, a row without sight is told, and no click can break the run."""

import pytest
from pydantic import ValidationError

from app.experiments.attention.mask_painting.figures import figures
from app.experiments.attention.mask_painting.run import TOKENS, PaintControls, cells, measure, notices, run


def test_a_cell_painted_twice_is_as_before():
    assert cells("3-7 0-1 3-7 99-0") == {(0, 1)}
    result = run(PaintControls(painted="3-7 0-1"), "cpu")
    assert result.allowed[3, 7]
    assert not result.allowed[0, 1]
    clicks = figures(result, measure(result))["weights"].plot.data[0].customdata
    assert clicks[3][7] == ["0-1"]
    assert cells(clicks[0][0][0]) == {(0, 0), (0, 1), (3, 7)}


def test_a_row_without_sight_is_told():
    blind = run(PaintControls(pattern="causal", painted="0-0"), "cpu")
    assert len(notices(blind)) == 1
    assert measure(blind)["largest_row_sum_error"] < 1e-5, "the other rows are sound"
    assert not notices(run(PaintControls(), "cpu"))


def test_other_writing_is_refused():
    for painted in ("3,7", "a", "3-7  4-4", "-1-2"):
        with pytest.raises(ValidationError):
            PaintControls(painted=painted)


def test_the_longest_painting_leaves_sight_somewhere():
    painted = " ".join(f"0-{column}" for column in range(len(TOKENS)))[:90].rsplit(" ", 1)[0]
    assert run(PaintControls(pattern="everything", painted=painted), "cpu").unmasked.any()
