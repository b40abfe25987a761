"""Serves shared-experts alone: it trains two layers that differ in nothing but one shared expert."""

from app.experiments.base import Experiment
from app.experiments.routing.shared_experts.figures import figures
from app.experiments.routing.shared_experts.run import SharedExpertsControls, measure, run

EXPERIMENT = Experiment(
    SharedExpertsControls,
    run,
    measure,
    figures,
    labels={
        "similarity_routed_only": "mean similarity of routed experts, all routed",
        "similarity_beside_the_shared": "mean similarity of routed experts, one shared",
        "similarity_fall": "fall of the mean similarity",
        "common_part_in_the_first_r2": "common part in the first expert of the second layer, R²",
        "common_part_in_the_best_other_r2": "common part in the best of the others, R²",
        "unexplained_routed_only_share": "variance unexplained, all routed, share",
        "unexplained_with_shared_share": "variance unexplained, one shared, share",
        "unexplained_ratio": "variance unexplained, one shared over all routed",
        "load_variation_routed_only": "coefficient of variation of the load, all routed",
        "load_variation_beside_the_shared": "coefficient of variation of the load, one shared",
        "deepseek_v2_active_share": "active weights of DeepSeek-V2, share",
        "deepseek_v3_active_share": "active weights of DeepSeek-V3, share",
    },
)
