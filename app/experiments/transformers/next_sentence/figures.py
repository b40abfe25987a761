"""Which held-out pairs are rejected, by the encoder and by a rule on names; and the typed pair."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.next_sentence.run import HELD_OUT, KINDS, NextSentenceResult
from app.provenance.origin import Plotted
from visualizers.truth_bars import truth_bars

ENCODER, NAMES = "encoder", "no shared name"
ORDERS = ("as typed", "swapped", "other names")


def figures(result: NextSentenceResult, metrics: Measurements) -> Figures:
    return {"rejected": _rejected(result, metrics), "typed": _typed(result)}


def _rejected(result: NextSentenceResult, metrics: Measurements) -> Figure:
    c = result.controls
    groups = {ENCODER: result.rejected, NAMES: result.by_names}
    drawn = truth_bars(
        {name: share.numpy() for name, share in groups.items()}, labels=KINDS, y_range=(0, 1.06)
    ).update_yaxes(tickformat=".0%")
    true, random, same, swapped = result.rejected.tolist()
    names = "" if c.people == "nowhere" else f" People are renamed {c.people}."
    return Figure(
        title="“Does not follow”: share of held-out pairs rejected",
        caption=(
            f"{{trace:{ENCODER}|The encoder}}, and a rule that rejects pairs with {{trace:{NAMES}|no shared name}}."
            " “Same form”: the ending of another text whose first half differs only in names and things. Only “true"
            " next” should be accepted."
        ),
        text=(
            f"Of {HELD_OUT} pairs of each kind, the encoder rejects {true:.0%} of the true ones, {random:.0%} with a"
            f" random ending, {same:.0%} with one of the same form and {swapped:.0%} of the swapped ones.{names}"
        ),
        plot=drawn,
        height=330,
        sources=[Plotted(share, trace=name) for name, share in groups.items()],
    )


def _typed(result: NextSentenceResult) -> Figure:
    first, second = (" ".join(pieces) for pieces in result.pieces)
    p = result.typed
    return Figure(
        title="The typed pair: probability that the second follows",
        caption=(
            f"“{first}”, then “{second}”. {{trace:{ENCODER}|Bars}}: in this order, swapped, and with other names in the"
            " second."
        ),
        text=f"As typed {p[0]:.0%}, swapped {p[1]:.0%}, with other names in the second text {p[2]:.0%}.",
        plot=truth_bars({ENCODER: p.numpy()}, labels=ORDERS, y_range=(0, 1.14)).update_yaxes(tickformat=".0%"),
        height=290,
        sources=[Plotted(p, trace=ENCODER)],
    )
