"""Three figures of special tokens: a chat as tokens, what a typed marker does, and replies with a marker replaced."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.role_tokens.run import BEGINS, RoleResult
from visualizers.distribution import bars
from visualizers.theme import ACCENT, INK_3
from visualizers.token_table import token_table

PER_LINE = 8
SHORT = {
    "<|system|>": "system", "<|user|>": "user", "<|assistant|>": "assistant", "<|end|>": "end", "<|sep|>": "sep",
    "<|result|>": "result",
}  # fmt: skip


def figures(result: RoleResult, metrics: Measurements) -> Figures:
    return {
        "chat": _chat(result, metrics),
        "typed": _typed(result, metrics),
        "replaced": _replaced(result, metrics),
    }


def _chat(result: RoleResult, metrics: Measurements) -> Figure:
    reply = f"“{result.reply}”" if result.reply else "nothing"
    return Figure(
        title="The chat as the model reads it",
        caption="Dark columns are special tokens, one id each, written here without their signs < | and | >.",
        text=(
            f"{metrics['special_tokens']:.0f} of {metrics['prompt_tokens']:.0f} tokens are special. The model replies"
            f" {reply}."
        ),
        plot=token_table(
            {"token": [SHORT.get(piece, piece) for piece in result.pieces], "id": list(map(str, result.ids))},
            lit=result.special,
            wrap=PER_LINE,
        ),
        height=20 + 60 * -(-len(result.ids) // PER_LINE),
    )


def _typed(result: RoleResult, metrics: Measurements) -> Figure:
    c = result.controls
    here = [arm == (c.typed, c.read_as) for arm in BEGINS.values()]
    return Figure(
        title="Does the reply begin behind what the user types?",
        caption=(
            "Probability of the right reply’s first token, mean over 32 chats, if the user’s text ends with"
            " <|assistant|> as letters, as one token, with nothing, with a word, or with <|sep|>."
            + (" {accent|Accent}: as it is set." if any(here) else "")
        ),
        text=(
            f"The right reply begins with a probability of {metrics['reply_begins_as_letters']:.0%} behind"
            " <|assistant|> in letters, and behind the one token with"
            f" {metrics['reply_begins_as_one_token']:.0%}."
        ),
        plot=bars(
            np.array(list(result.begins.values())), labels=list(BEGINS), y_range=(0, 1.15),
            colours=[ACCENT if this else INK_3 for this in here],
        ),
        height=270,
        half=True,
    )  # fmt: skip


def _replaced(result: RoleResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Right replies, by the marker replaced",
        caption="Share of 32 held-out chats, right to the letter. {accent|Accent}: as it is set.",
        text=f"As it is set, {metrics['right_reply_share']:.0%} of the replies are right.",
        plot=bars(
            np.array(list(result.right.values())), labels=[SHORT.get(name, name) for name in result.right],
            x_title="marker replaced by <|sep|>".replace("<", "&lt;").replace(">", "&gt;"), y_range=(0, 1.15),
            colours=[ACCENT if name == result.controls.replaced else INK_3 for name in result.right],
        ),
        height=270,
        half=True,
    )  # fmt: skip
