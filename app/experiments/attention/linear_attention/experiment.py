"""Serves linear-attention alone: it changes the kernel of a trained model; other recurrences train their own."""

from app.experiments.attention.linear_attention.figures import figures
from app.experiments.attention.linear_attention.run import LinearControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    LinearControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "recurrent_against_parallel": "largest difference of the two forms, share of the largest output",
        "operations_when_doubled_over": "multiplications for 64 tokens over 32, kernel",
        "softmax_operations_when_doubled_over": "multiplications for 64 tokens over 32, softmax",
        "cheaper_from_tokens": "tokens from which the recurrent form multiplies less than softmax",
        "state_numbers": "numbers in the state per head",
        "recall_error": "error of the values recalled, share of their length",
        "softmax_recall_error": "the same for softmax",
        "random_keys_recall_error": "error with 16 random keys, share of the values’ length",
        "state_rank": "rank of the state",
        "softmax_entropy_nats": "mean entropy of a softmax row, nats",
        "kernel_entropy_nats": "mean entropy of a kernel row, nats",
        "softmax_loss_nats": "loss of held-out text with softmax, nats per token",
        "kernel_loss_nats": "loss of held-out text with the kernel, nats per token",
        "added_loss_nats": "loss added by the kernel, nats per token",
        "recovered_share": "added loss recovered by training, share",
    },
)
