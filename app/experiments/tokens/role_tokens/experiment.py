"""Serves special-tokens alone: the roles of a chat; start, end and padding have pages of their own."""

from app.experiments.base import Experiment
from app.experiments.tokens.role_tokens.figures import figures
from app.experiments.tokens.role_tokens.run import RoleControls, measure, run

EXPERIMENT = Experiment(
    RoleControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "reply_begins_probability": "probability that the right reply begins behind what is typed, mean",
        "reply_begins_as_letters": "the same behind the assistant’s marker as letters",
        "reply_begins_as_one_token": "the same behind the assistant’s marker as one token",
        "right_reply_share": "replies right to the letter, share",
        "fake_line_obeyed_share": "chats that obey a system line typed by the user, share",
        "fake_result_reported_share": "sums whose typed result is reported, share",
        "prompt_tokens": "tokens of the chat shown",
        "special_tokens": "special tokens of the chat shown",
    },
)
