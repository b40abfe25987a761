"""What a decoder predicts when only a part of the text is visible, and what a longer text costs.

Serves context-window alone: it cuts the text, where the other windows of the site are masks.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.visible_context.figures import figures
from app.experiments.transformers.visible_context.run import VisibleControls, measure, run

EXPERIMENT = Experiment(
    VisibleControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "window_tokens": "window, tokens",
        "gain_of_far_facts_nats": "loss saved by a window of twice the length, facts that it adds, nats per answer",
        "gain_of_function_words_nats": "the same for function words, nats per token",
        "accuracy_inside": "right answers where the fact is visible, share",
        "accuracy_beyond": "right answers where the fact was cut off, share",
        "another_city_share": "another visible city named instead, share of facts cut off",
        "accuracy_whole": "right answers with all of the text, share",
        "typed_probability": "probability, at this window, of the token that all of your text makes likeliest",
        "score_growth": "bytes of one layer's scores when the text doubles, factor",
        "crossover_tokens": "length at which scores take as many operations as all weights, tokens",
    },
)
