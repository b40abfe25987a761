"""Tasks answered by each twin, some prompts with the answers, and the sizes of the published models."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.published_sizes import counted_sizes
from app.experiments.transformers.tasks_by_format.run import LISTED, FormatResult
from app.provenance.origin import Plotted
from models.language.zero_shot import TASKS
from models.training.task_lines import Lines
from visualizers.answer_table import answer_table, end_of
from visualizers.distribution import grouped_bars

SHORT = {
    "all lines": "all lines", "without task lines": "no task lines", "without as many other lines": "fewer other lines",
}  # fmt: skip
STATED = {
    "GPT-2": "paper 117M", "GPT-2 Medium": "paper 345M", "GPT-2 Large": "paper 762M", "GPT-2 XL": "paper 1542M",
}  # fmt: skip


def figures(result: FormatResult, metrics: Measurements) -> Figures:
    return {"tasks": _tasks(result, metrics), "prompts": _prompts(result), "sizes": _sizes()}


def _published(result: FormatResult, metrics: Measurements) -> Figure:
    name, own = result.controls.model, result.own
    shares = {name: torch.stack([one.right.mean() for one in own.values()]), "guessing": torch.tensor(result.chance)}
    count = len(next(iter(own.values())).prompts)
    told = " and ".join(f"{metrics[f'published_{task}_share']:.0%} of the {task}" for task in own)
    return Figure(
        title=f"Share of {count} prompts answered by {name}, by task",
        caption=(
            f"{{trace:{name}|{name}}} was never trained on these tasks; the text's form names them."
            " {trace:guessing|Guessing} among the possible answers."
        ),
        text=f"It answers {told}; guessing would get {metrics['published_chance_share']:.0%}.",
        plot=grouped_bars({one: some.numpy() for one, some in shares.items()}, labels=list(own)).update_yaxes(
            range=[0, 1.04]
        ),
        height=300,
        sources=[Plotted(some, trace=one) for one, some in shares.items()],
    )


def _tasks(result: FormatResult, metrics: Measurements) -> Figure:
    c = result.controls
    if c.published:
        return _published(result, metrics)
    shares = {
        SHORT[str(lines)]: torch.stack([one.right.mean() for one in tasks.values()])
        for lines, tasks in result.twins.items()
    }
    shares["guessing"] = torch.tensor(result.chance)
    return Figure(
        title="Share of 64 held-out prompts answered, by task",
        caption=(
            "{trace:all lines|All lines}: the training text held lines shaped like each task."
            " {trace:no task lines|No task lines}: these were replaced by other text."
            " {trace:fewer other lines|Fewer other lines}: as much of the other text was."
            " {trace:guessing|Guessing} among the possible answers."
        ),
        text=(
            f"Trained on “{c.lines}”, the model answers {metrics['questions_right_share']:.0%} of the questions,"
            f" {metrics['pairs_right_share']:.0%} of the pairs, {metrics['reviews_right_share']:.0%} of the reviews and"
            f" {metrics['topics_right_share']:.0%} of the topics."
        ),
        plot=grouped_bars({name: some.numpy() for name, some in shares.items()}, labels=TASKS).update_yaxes(
            range=[0, 1.04]
        ),
        height=300,
        sources=[Plotted(some, trace=name) for name, some in shares.items()],
    )


def _prompts(result: FormatResult) -> Figure:
    shown, tasks = result.controls.shown, tuple(result.own)
    places = (
        [(tasks[at % len(tasks)], at // len(tasks)) for at in range(LISTED)]
        if shown == "one of each" or shown not in tasks
        else [(shown, at) for at in range(LISTED)]
    )
    listed = [result.own[task].prompts[at] for task, at in places]
    plain: Lines = "without task lines" if result.controls.lines == "all lines" else "all lines"
    columns = {}
    for lines in (result.reader, *(() if result.controls.published else (plain,))):
        read = [(result.twins[lines][task], at) for task, at in places]
        name = SHORT.get(lines, lines)
        columns[name] = [(one.said[at], one.said[at] == one.prompts[at].answer) for one, at in read]
    own = columns[SHORT.get(result.reader, result.reader)]
    return Figure(
        title="Some prompts, and the likeliest answer",
        caption="{held|Right} and {failed|wrong} answers. The weights are the same for all tasks.",
        text=f"“{listed[0].text}” is answered “{own[0][0]}”; right is “{listed[0].answer}”.",
        plot=answer_table([end_of(one.text) for one in listed], columns, list(columns), first_column=1.5),
        height=210,
    )


def _sizes() -> Figure:
    return counted_sizes(
        "GPT-2", STATED,
        "Beside the figures of table 2 of the paper, which are too low. The makers' files are named 124M to 1558M.",
    )  # fmt: skip
