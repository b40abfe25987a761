"""What the checkpoints have learned, in one line a skill: the end of ``make models``."""

from collections.abc import Iterator, Mapping

SKILLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("facts told often, seldom, never", "decoder", ("recall_often", "recall_seldom", "recall_never")),
    ("score of the best induction head", "induction", ("induction_score",)),
    ("the same with one layer", "induction_one_layer", ("induction_score",)),
    ("gain from having read it before, nats", "decoder", ("in_context_gain_nats",)),
    ("needle in 16, 32, 64, 128 words", "decoder", ("accuracy_needles_*",)),
    ("the same, trained at half the length", "decoder_multi_head", ("accuracy_needles_*",)),
    ("the same, context extended", "decoder_long_context", ("accuracy_needles_*",)),
    ("sums of 2 … 11 terms, at once", "reasoner_direct", ("accuracy_*_terms",)),
    ("sums of 2 … 11 terms, step by step", "reasoner_steps", ("accuracy_*_terms",)),
    ("valid tool calls, before and after", "sft", ("valid_calls_before", "valid_calls")),
    ("follows instructions, before and after", "sft", ("follows_instruction_before", "follows_instruction")),
    ("sides with the judge; could at best", "reward_model", ("accuracy", "best_possible_accuracy")),
    ("worth to the judge, before and after", "preference", ("utility_before", "utility")),
    ("routing entropy by layer", "moe_decoder", ("routing_entropy_*",)),
    ("the same, not balanced", "moe_decoder_collapsed", ("routing_entropy_*",)),
    ("drawn digits: Fréchet distance", "digit_denoiser", ("frechet_distance",)),
    ("drawn digits: share recognised", "digit_denoiser", ("recognised_share",)),
)
"""Skill, checkpoint, metrics; a star stands for any number."""


def lines(measured: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """One line for every skill of a checkpoint among those measured."""
    for skill, name, wanted in SKILLS:
        if name in measured:
            values = [value for pattern in wanted for value in chosen(measured[name], pattern)]
            yield f"  {skill:40} {name:24}" + "".join(f"{value:7.2f}" for value in values)


def chosen(metrics: Mapping[str, float], pattern: str) -> list[float]:
    """The metric of that name, or all between the two sides of a star, in their order."""
    if "*" not in pattern:
        return [metrics[pattern]]
    start, end = pattern.split("*")
    return [value for name, value in metrics.items() if name.startswith(start) and name.endswith(end)]
