"""Serves ntm-addressing alone: it moves one head by hand; the entry on neural Turing machines shows trained ones."""

from app.experiments.base import Experiment
from app.experiments.energy.head_stages.figures import figures
from app.experiments.energy.head_stages.run import StageControls, measure, run

EXPERIMENT = Experiment(
    StageControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "weight_at_the_found_row": "final weight on the row that the key resembles",
        "weight_one_shift_on": "final weight one shift on from the found row",
        "weight_found_by_content": "weight on the found row after the content stage",
        "entropy_by_content_bits": "entropy after the content stage, bits",
        "entropy_gated_bits": "entropy after the second stage, bits",
        "entropy_shifted_bits": "entropy after the third stage, bits",
        "entropy_sharpened_bits": "entropy after sharpening, bits",
        "focus_after_20_shifts": "weight of the strongest row after 20 shifts",
        "focus_after_20_shifts_unsharpened": "the same without sharpening",
        "variance_per_shift_unsharpened": "growth of the variance per shift without sharpening, rows²",
        "variance_per_shift": "variance after 20 shifts over 20, rows²",
        "smallest_sharpening": "smallest γ that keeps half of the weight on one row over 20 shifts",
        "bits_in_write_order": "bits read as they were written, in order, share",
        "rows_in_write_order": "rows read in the order of writing, share",
        "adjacent_writes": "writes to the row right after the one before",
    },
)
