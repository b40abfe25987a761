"""Many heads side by side: their maps, their scores, and a layer whose heads share one map.

Serves multi-head-attention alone: it is the page about what several maps are for.
"""

from app.experiments.attention.head_patterns.figures import figures
from app.experiments.attention.head_patterns.run import SCORES, PatternControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    PatternControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
    labels={
        "previous_token_head_score": "previous-token score of layer 1, head 3",
        "induction_head_score": "induction score of layer 2, head 7",
        "strongest_previous_token_score": "previous-token score of the strongest head, chosen on other texts",
        "strongest_induction_score": "induction score of the strongest head, chosen on other texts",
        "answers_right_share": "share of 24 questions answered correctly",
        "difference_between_maps": "mean total variation distance of two heads of a layer",
        "difference_from_torch": "largest difference from torch's own multi-head attention",
        **{f"{name.replace(' ', '_')}_score_of_this_head": f"{name} score of the picked head" for name in SCORES},
    },
)
