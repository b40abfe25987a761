"""The masked word by two readers, accuracy by where the deciding word stands, and a wrong word in the open."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.masked_words.run import CLUES, SHOWN_AS, MaskedWordsResult
from app.provenance.origin import Plotted
from visualizers.truth_bars import truth_bars

BOTH, LEFT = "both sides", "left side only"
CHOSEN, PUBLISHED = "this training", "80/10/10"


def figures(result: MaskedWordsResult, metrics: Measurements) -> Figures:
    return {
        "typed": _typed(result, metrics),
        "accuracy": _accuracy(result, metrics),
        "open": _open(result, metrics),
    }


def _typed(result: MaskedWordsResult, metrics: Measurements) -> Figure:
    p = result.p.double()
    first = [result.candidates[place] for place in p.argmax(dim=1).tolist()]
    drawn = truth_bars(
        {BOTH: p[0].numpy(), LEFT: p[1].numpy()}, labels=result.candidates, y_range=(0, 1.06)
    ).update_yaxes(tickformat=".0%")
    return Figure(
        title=f"“{' '.join(result.words)}”: which word is behind the mask?",
        caption=(
            f"Probability of the likeliest words, by a reader that attends to {{trace:{BOTH}|both sides}} and by its"
            f" twin that attends to the {{trace:{LEFT}|left side only}}. Hidden: “{result.hidden}”."
        ),
        text=(
            f"From both sides the first choice is “{first[0]}” with {p[0].max():.0%}, from the left alone “{first[1]}”"
            f" with {p[1].max():.0%}. The hidden “{result.hidden}” has {metrics['typed_probability']:.0%} from both"
            f" sides and {metrics['typed_left_probability']:.0%} from the left."
        ),
        plot=drawn,
        height=310,
        sources=[Plotted(row, trace=name) for name, row in ((BOTH, p[0]), (LEFT, p[1]))],
    )


def _accuracy(result: MaskedWordsResult, metrics: Measurements) -> Figure:
    groups = {BOTH: result.accuracy[0], LEFT: result.accuracy[1]}
    drawn = truth_bars(
        {name: row.numpy() for name, row in groups.items()}, labels=CLUES, y_range=(0, 1.06)
    ).update_yaxes(tickformat=".0%")
    return Figure(
        title="Masked verbs found, by where the thing stands",
        caption=(
            f"The thing decides the verb. {{trace:{BOTH}|Both sides}} and {{trace:{LEFT}|left side only}}, on the same"
            " held-out sentences. Guessing among the verbs is right in one of eight."
        ),
        text=(
            f"With the thing {result.controls.clue}, both sides find {metrics['both_sides_accuracy']:.0%}, the left"
            f" alone {metrics['left_only_accuracy']:.0%} of the masked verbs."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(row, trace=name) for name, row in groups.items()],
    )


def _open(result: MaskedWordsResult, metrics: Measurements) -> Figure:
    plain = torch.equal(result.chosen, result.published)
    groups = {PUBLISHED: result.published} if plain else {CHOSEN: result.chosen, PUBLISHED: result.published}
    drawn = truth_bars(
        {name: row.numpy() for name, row in groups.items()},
        labels=SHOWN_AS, y_range=(0, 1.1),
    ).update_yaxes(tickformat=".0%")  # fmt: skip
    drawn.update_xaxes(ticktext=["masked", "wrong verb", "as it is"])
    beside = "" if plain else f" {{trace:{CHOSEN}|The chosen training}} beside {{trace:{PUBLISHED}|80/10/10}}."
    return Figure(
        title="The right verb is the first choice where it is …",
        caption=(
            f"The reader is asked for a verb that is masked, replaced by a wrong one, or left as it is.{beside}"
            if not plain
            else "The reader is asked for a verb that is masked, replaced by a wrong one, or left as it is:"
            f" {{trace:{PUBLISHED}|80/10/10}} trains all three."
        ),
        text=(
            f"Trained with “{result.controls.recipe}”, the right verb is the first choice in"
            f" {metrics['masked_accuracy']:.0%} where it is masked, in {metrics['replaced_accuracy']:.0%} where a wrong"
            f" verb stands, and in {metrics['kept_accuracy']:.0%} where it stands itself."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(row, trace=name) for name, row in groups.items()],
    )
