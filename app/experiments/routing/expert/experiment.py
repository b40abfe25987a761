"""Serves expert-network alone: it asks what single experts know, where the other pages ask how tokens reach them."""

from app.experiments.base import Experiment
from app.experiments.routing.expert.figures import figures
from app.experiments.routing.expert.run import ExpertControls, measure, run

EXPERIMENT = Experiment(
    ExpertControls,
    run,
    measure,
    figures,
    badge="trained toy",
    notices=lambda result: result.text.notices,
    labels={
        "choice_explained_by_word_class_share": "choice of expert explained by the word’s class, share",
        "choice_explained_by_kind_of_text_share": "choice of expert explained by the kind of text, share",
        "choice_explained_by_shuffled_class_share": "choice of expert explained by a shuffled class, share",
        "word_class_over_kind_of_text": "explained by word class over kind of text",
        "repeats_share": "tokens with the same expert as the token before, share",
        "repeats_over_chance": "tokens with the same expert as the token before, over chance",
        "loss_added_without_the_main_expert_nats": "loss added without a class’s main expert, nats per token",
        "loss_added_without_another_expert_nats": "loss added without another expert, nats per token",
        "loss_added_main_minus_another_nats": "loss added, main expert minus another, nats per token",
        "sent_to_the_expert_share": "tokens sent to the expert, share",
    },
)
