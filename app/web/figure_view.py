"""What the one component that shows a figure is told: words, plot, frames, height.

``gr.Plot`` ignores frames, drops the zoom, does not follow the theme, has no click event and leaks nodes at every
update. This one draws with plotly's own packaged library, in ``assets/js/figure.js``.
"""

import weakref
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.export.run_json import written
from app.web.panels.prose import caption

if TYPE_CHECKING:  # base imports plotly, which the first page does not wait for
    from app.experiments.base import Figure
    from visualizers.shared_scales import SharedScales


def shown(
    serial: int,
    slot: int,
    name: str,
    key: str,
    figure: "Figure",
    scales: "SharedScales | None" = None,
    traced: Sequence[int] = (),
) -> str:
    """The figure as JSON text, perhaps with ranges that it shares with another; ``traced`` traces can be asked.

    Plotly's own writer keeps arrays as short typed binaries.
    """
    words = {
        "serial": serial,
        "slot": slot,
        "name": name,
        "key": key,
        "title": figure.title,
        "caption": caption(figure.caption, partial(_colour, figure)),
        "text": figure.text,
        "height": figure.height,
        "half": figure.half,
        "steps": figure.steps,
        "start": figure.start,
        "lines": list(figure.lines),
        "scales": scales,
        "traced": traced,
        "sound": _sound(figure),
        "machine": _machine(figure),
    }
    return f'{written(words)[:-1]}, "plot": {_written(figure)}}}'


def _sound(figure: "Figure") -> dict[str, object] | None:
    """A file in an address, and how long it plays (s); ``assets/js/player.js`` plays it."""
    if figure.sound is None:
        return None
    from app.export.wav import data_address

    return {"file": data_address(figure.sound), "seconds": figure.sound.seconds}


def _machine(figure: "Figure") -> dict[str, object] | None:
    """Its name and its numbers; ``assets/lazy/machine.js`` steps it."""
    if figure.machine is None:
        return None
    from app.export.packed import sent

    return sent(figure.machine)


def _colour(figure: "Figure", trace: str) -> str:
    """The palette's name for the colour of a trace; none where this run has no such trace."""
    from visualizers.colour_key import NoColour, trace_colour

    try:
        return trace_colour(figure.plot, trace)
    except NoColour:
        return ""


def _written(figure: "Figure") -> str:
    """Plotly's JSON, kept as long as the figure lives: thirty readers of one run write it once."""
    key = id(figure)
    if key not in _WRITTEN:
        _WRITTEN[key] = figure.plot.to_json()
        weakref.finalize(figure, _WRITTEN.pop, key, None)
    return _WRITTEN[key]


_WRITTEN: dict[int, str] = {}
