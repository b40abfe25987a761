"""Serves neural-turing-machine alone: the entry on addressing moves a head by hand, without a network."""

from app.experiments.base import Experiment
from app.experiments.energy.copying.figures import figures
from app.experiments.energy.copying.run import CopyingControls, measure, run

EXPERIMENT = Experiment(
    CopyingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "bits_right": "bits of this text given back rightly, share",
        "accuracy_at_the_trained_length": "bits right with 8 rows, share",
        "accuracy_at_twice_the_length": "bits right with 16 rows, share",
        "lstm_at_the_trained_length": "bits right with 8 rows, LSTM, share",
        "lstm_at_twice_the_length": "bits right with 16 rows, LSTM, share",
        "longer_lstm_at_twice_the_length": "bits right with 16 rows, LSTM trained four times longer, share",
        "computer_at_the_trained_length": "bits right with 8 rows, DNC, share",
        "computer_at_twice_the_length": "bits right with 16 rows, DNC, share",
        "computers_that_copy": "DNCs of five that give back over 95 % of the bits of 16 rows",
        "machines_far_ahead": "machines of five that are 30 points ahead of the best LSTM with 16 rows",
        "best_lstm_at_twice_the_length": "bits right with 16 rows, best of ten LSTMs, share",
        "machines_whose_heads_move_alike": "machines of five whose read head moves as the write head did",
        "accuracy_with_20_rows": "bits right with 20 rows, share",
        "writes_one_row_on": "steps at which the write head moves as it mostly does, unless it stays, share",
        "reads_move_like_writes": "steps at which the read head moves as the write head mostly did, share",
        "reads_in_write_order": "rows that the read head comes to in the order of writing, share",
        "read_by_links_forwards": "read weight by links forwards, after the end mark, share",
        "strongest_shift": "weight of the strongest shift that the write head is asked for, mean",
        "write_entropy_bits": "entropy of the write head while rows come in, bits",
        "read_entropy_bits": "entropy of the read head while rows are given back, bits",
        "lowest_of_five_at_twice_the_length": "bits right with 16 rows, worst of five trainings, share",
    },
)
