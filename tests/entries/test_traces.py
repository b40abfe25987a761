"""Every number of a figure that can be traced: drawn as computed, and its formula comes to it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from app.experiments.base import Figures
from app.provenance.explain import agrees, explain, follow
from app.provenance.latex import latex
from app.provenance.origin import Computed, Plotted
from app.provenance.plot_points import Click, Located, located, most
from glossary import reader
from glossary.schema import Entry
from tests.entries.evidence import runs_of
from tests.formulas import worth

CLICKS = 5
UNTRACED = {
    slug: set(keys)
    for chapter in tomllib.loads(Path(__file__).with_name("untraced.toml").read_text(encoding="utf-8")).values()
    for slug, keys in chapter.items()
}
"""Figures known to have no source, by entry."""
ASKED_FOR = {"query-key-value", "softmax", "rope", "router-network", "kv-cache", "diffusion-model"}


def chain(made: Computed) -> list[Computed]:
    return [made, *(part for given in made.given.values() if isinstance(given, Computed) for part in chain(given))]


def numbers_drawn(trace) -> np.ndarray:
    if trace.type == "heatmap":
        return np.asarray(trace.z, dtype=float)
    return np.asarray(trace.x if getattr(trace, "orientation", None) == "h" else trace.y, dtype=float)


def places(drawn: Plotted) -> list[tuple[int, ...]]:
    """Some points, with the frame first where there are frames, at which a number is drawn."""
    cells = 1 + np.arange(drawn.tensor.numel()).reshape(drawn.tensor.shape)
    picture = np.nan_to_num(drawn.view(torch.as_tensor(cells).double()).numpy())
    found = np.argwhere(picture > 0)[:: max(1, int((picture > 0).sum()) // CLICKS)]
    return [tuple(map(int, place[: len(place) - drawn.several])) for place in found]


def figures_of(entry: Entry, **change: object) -> Figures:
    return runs_of(entry.slug)(**change).figures


def sources_of(entry: Entry, **change: object) -> list[Located]:
    return located(figures_of(entry, **change))


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_every_trace_is_of_what_is_drawn_and_leads_to_it(entry: Entry) -> None:
    figures = figures_of(entry)
    sources = located(figures)
    assert sources or entry.slug not in ASKED_FOR
    untraced = {key for key, figure in figures.items() if not figure.sources}
    assert untraced <= UNTRACED.get(entry.slug, set(figures)), (
        "figures without sources that untraced.toml does not name"
    )
    for one in sources:
        drawn = one.plotted
        if drawn.unit is not None and not drawn.framed:
            shown = numbers_drawn(figures[one.figure].plot.data[one.trace])
            expected = (drawn.view(drawn.tensor) * drawn.unit).numpy()
            assert shown.shape == expected.shape
            known = ~np.isnan(shown) & ~np.isnan(expected)  # what is NaN here stands there by another source
            assert known.any()
            assert np.allclose(shown[known], expected[known], rtol=1e-3, atol=1e-4)
        if not isinstance(drawn.shows, Computed):
            continue
        assert all(agrees(made) for made in chain(drawn.shows))
        for at in places(drawn):
            click = Click(one.figure, one.trace, at[1:] if drawn.framed else at, at[0] if drawn.framed else 0)
            explanation = explain([one], click)
            assert explanation is not None
            assert all(step.latex and step.lines for steps in explanation.chains for step in steps)


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_what_is_broken_is_traced_as_it_runs_then(entry: Entry) -> None:
    for change in {str(claim.fails_for): claim.fails_for for claim in entry.live.claims}.values():
        for one in sources_of(entry, **change):
            shows = one.plotted.shows
            assert all(agrees(made) for made in (chain(shows) if isinstance(shows, Computed) else ()))
            begin = most([one], one.figure)
            assert begin is None or explain([one], begin) is not None


@pytest.mark.parametrize("entry", [reader.entries()[slug] for slug in sorted(ASKED_FOR)], ids=lambda entry: entry.slug)
def test_the_formulas_come_to_the_numbers_of_the_run(entry: Entry) -> None:
    for one in sources_of(entry):
        shows = one.plotted.shows
        for made in chain(shows) if isinstance(shows, Computed) else ():
            for place in range(0, made.tensor.numel(), max(1, made.tensor.numel() // CLICKS)):
                formula = follow(made, place)
                assert worth(formula) == pytest.approx(made.tensor.flatten()[place].item(), rel=1e-3, abs=1e-4)
                assert latex(formula, dict.fromkeys(made.given, "from-1"))


def test_what_is_named_as_untraced_is_an_entry() -> None:
    assert reader.entries().keys() >= UNTRACED.keys()
