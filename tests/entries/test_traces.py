"""Every number of a figure that can be traced: drawn as computed, and its formula comes to it."""

import numpy as np
import pytest
import torch

from app.experiments import experiment
from app.runner import to_cpu
from app.tracing.explain import agrees, explain, follow
from app.tracing.latex import latex
from app.tracing.origin import Drawn, Made
from app.tracing.pictures import Click, most
from glossary import reader
from glossary.schema import Entry
from tests.formulas import worth

CLICKS = 5
ASKED_FOR = {"query-key-value", "softmax", "rope", "router-network", "kv-cache", "diffusion-model"}


def result_of(entry: Entry, **change: object) -> object:
    found = experiment(entry.live.experiment)
    computed = found.run(found.controls(**entry.live.preset | change), "cpu")
    if hasattr(computed, "__next__"):
        *_, computed = computed
    return to_cpu(computed)


def chain(made: Made) -> list[Made]:
    return [made, *(part for given in made.given.values() if isinstance(given, Made) for part in chain(given))]


def numbers_drawn(trace) -> np.ndarray:
    if trace.type == "heatmap":
        return np.asarray(trace.z, dtype=float)
    return np.asarray(trace.x if getattr(trace, "orientation", None) == "h" else trace.y, dtype=float)


def places(drawn: Drawn) -> list[tuple[int, ...]]:
    """Some points, with the frame first where there are frames, at which a number is drawn."""
    cells = 1 + np.arange(drawn.tensor.numel()).reshape(drawn.tensor.shape)
    picture = np.nan_to_num(drawn.view(torch.as_tensor(cells).double()).numpy())
    found = np.argwhere(picture > 0)[:: max(1, int((picture > 0).sum()) // CLICKS)]
    return [tuple(map(int, place[: len(place) - drawn.several])) for place in found]


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_every_trace_is_of_what_is_drawn_and_leads_to_it(entry: Entry) -> None:
    result, found = result_of(entry), experiment(entry.live.experiment)
    origins = found.origins(result)
    assert origins or entry.slug not in ASKED_FOR
    figures = found.draw(result) if origins else {}
    for drawn in origins:
        if drawn.unit is not None and not drawn.framed:
            shown = numbers_drawn(figures[drawn.figure].plot.data[drawn.trace])
            expected = (drawn.view(drawn.tensor) * drawn.unit).numpy()
            assert shown.shape == expected.shape
            known = ~np.isnan(shown) & ~np.isnan(expected)  # what is NaN here stands there by another Drawn
            assert known.any()
            assert np.allclose(shown[known], expected[known], rtol=1e-3, atol=1e-4)
        if not isinstance(drawn.shows, Made):
            continue
        assert all(agrees(made) for made in chain(drawn.shows))
        for at in places(drawn):
            click = Click(drawn.figure, drawn.trace, at[1:] if drawn.framed else at, at[0] if drawn.framed else 0)
            explanation = explain([drawn], click)
            assert explanation is not None
            assert all(step.latex and step.lines for steps in explanation.chains for step in steps)


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_what_is_broken_is_traced_as_it_runs_then(entry: Entry) -> None:
    found = experiment(entry.live.experiment)
    if not found.origins(result_of(entry)):
        pytest.skip("nothing to trace")
    for change in {str(claim.fails_for): claim.fails_for for claim in entry.live.claims}.values():
        for drawn in found.origins(result_of(entry, **change)):
            assert all(agrees(made) for made in (chain(drawn.shows) if isinstance(drawn.shows, Made) else ()))
            begin = most([drawn], drawn.figure)
            assert begin is None or explain([drawn], begin) is not None


@pytest.mark.parametrize("slug", sorted(ASKED_FOR))
def test_the_formulas_come_to_the_numbers_of_the_run(slug: str) -> None:
    entry = reader.entries()[slug]
    for drawn in experiment(entry.live.experiment).origins(result_of(entry)):
        for made in chain(drawn.shows) if isinstance(drawn.shows, Made) else ():
            for place in range(0, made.tensor.numel(), max(1, made.tensor.numel() // CLICKS)):
                formula = follow(made, place)
                assert worth(formula) == pytest.approx(made.tensor.flatten()[place].item(), rel=1e-3, abs=1e-4)
                assert latex(formula, dict.fromkeys(made.given, "from-1"))
