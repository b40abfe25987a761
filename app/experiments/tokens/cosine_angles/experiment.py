"""Serves cosine-similarity alone: two arrows and changes of a table's geometry; embedding-vector shows its map."""

from app.experiments.base import Experiment
from app.experiments.tokens.cosine_angles.figures import figures
from app.experiments.tokens.cosine_angles.run import CosineAnglesControls, measure, run

EXPERIMENT = Experiment(
    CosineAnglesControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "cosine_purity": "purity of the five nearest words by cosine",
        "changed_nearest_share": "nearest word differs from the table as trained, share",
        "prediction_change": "largest change of a predicted probability",
        "dot_disagreement_share": "nearest word by dot product differs, share",
        "distance_disagreement_share": "nearest word by distance differs, share",
        "mean_cosine": "mean cosine of two words",
    },
)
