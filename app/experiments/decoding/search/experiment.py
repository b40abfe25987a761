"""Serves greedy-decoding and beam-search: one search, of width 1 and wider, with and without an early end."""

from app.experiments.base import Experiment
from app.experiments.decoding.search.figures import figures
from app.experiments.decoding.search.run import SearchControls, measure, run

EXPERIMENT = Experiment(
    SearchControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "better_found_share": "prompts for which width 32 finds a more probable text than greedy, share",
        "gain_nats": "log-probability of width 32 above greedy, mean, nats",
        "greedy_log_probability_nats": "your prompt: log-probability of the greedy text, nats",
        "beam_log_probability_nats": "your prompt: log-probability of the best beam, nats",
        "beam_over_greedy_nats": "your prompt: log-probability of the best beam above greedy, nats",
        "beam_length_tokens": "your prompt: tokens of the best beam",
        "optimum_nats": "your prompt: log-probability of the likeliest text of that length, proven, nats",
        "greedy_below_optimum_nats": "your prompt: log-probability of the greedy text below that, nats",
        "beam_below_optimum_nats": "your prompt: log-probability of the best beam below that, nats",
        "most_beginnings_kept": "your prompt: beginnings that the proof kept, at most",
        "greedy_mean_length_tokens": "mean length of greedy texts, tokens",
        "widest_mean_length_tokens": "mean length at width 32, tokens",
        "room_to_end_tokens": "tokens within which a text may end",
        "length_over_greedy": "mean length at width 32, divided by that of greedy texts",
        "length_at_1_over_greedy": "mean length at width 32 and α = 1, divided by that of greedy texts",
        "repeated_share": "runs of four tokens that repeat, by that choice, share",
        "sampled_repeated_share": "runs of four tokens that repeat in sampled texts, share",
        "repeated_above_sampled": "runs of four tokens that repeat, share above that of sampled texts",
        "repeated_over_sampled": "runs of four tokens that repeat, divided by those of sampled texts",
    },
)
