"""Serves flash-attention alone: its tiles have two dimensions, where online softmax has one row of scores."""

from app.experiments.attention.flash_attention.figures import figures
from app.experiments.attention.flash_attention.run import FlashControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    FlashControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "largest_difference_from_plain_share": "largest difference from the whole map, share of the largest number",
        "largest_difference_of_a_logit_share": "largest difference of a logit, share of the largest",
        "accesses_over_plain": "HBM reads and writes, over the plain form’s",
        "counted_accesses": "HBM reads and writes by tiles, numbers",
        "counted_accesses_plain": "HBM reads and writes in the plain form, numbers",
        "product_flops_over_plain": "operations of the matrix products, over the plain form’s",
        "largest_tensor_over_n_d": "largest tensor by tiles, over n·d",
        "largest_tensor_plain_over_n_d": "largest tensor in the plain form, over n·d",
    },
)
