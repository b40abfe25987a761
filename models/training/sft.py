"""The base decoder tuned to chat and to tools: ``python -m models.training.sft``.

The base never saw a turn of a chat. The loss counts the assistant's words alone.
"""

import dataclasses
import json

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data import corpus
from models.data.kinds.chat import STYLES
from models.data.sample import Sample
from models.language.chat_turns import is_reply
from models.language.evaluation import accuracy
from models.language.pretrained_decoders import pretrained
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.metrics import kind_metrics, told_facts
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.tuning import architecture_of, replies, trainable_copy, tuning_arguments
from models.transformer.decoder import Decoder

NAME, BASE = "sft", "decoder"
PLAN = Plan(steps=1000, learning_rate=1.5e-3, warm_up=30, weight_decay=0.05)
SHARES = {"chat": 50.0, "tools": 35.0, "react": 15.0}
LENGTH, BATCH, TOKENS = 96, 16, 600_000
NOT_ASKED = -100


def chats(seed: int, device: str) -> tuple[Tensor, Tensor]:
    """The chats one after the other, and the same with only the assistant's tokens to be told: (TOKENS,) each."""
    ids = torch.from_numpy(corpus.tokens(SHARES, TOKENS, seed)).to(device)
    return ids, torch.where(is_reply(ids[None])[0], ids, NOT_ASKED)


def reply_loss(model: Decoder, ids: Tensor, targets: Tensor) -> Tensor:
    """Mean −ln p over the assistant's tokens, in nats."""
    logits, _ = model(ids)
    return cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=NOT_ASKED)


def opening(sample: Sample) -> tuple[str, str]:
    """A chat up to the assistant's first turn, and that turn."""
    before, after = sample.text.split("<|assistant|>", 1)
    turn = after.split("<|user|>")[0].split("<|result|>")[0]
    return f"{before}<|assistant|>", turn.strip()


def said_as_asked(model: Decoder, kind: str, count: int = 80, **options: object) -> float:
    """The share of first turns that are, to the letter, what they should be."""
    prompts, turns = zip(*map(opening, corpus.questions(kind, count, UNSEEN, "held_out", **options)))
    said = replies(model, prompts, steps=24)
    return sum(a.strip() == b for a, b in zip(said, turns, strict=True)) / count


def valid_calls(model: Decoder, count: int = 80) -> float:
    """The share of calls that are JSON with a tool's name, where a tool is needed and offered."""
    prompts, _ = zip(*map(opening, corpus.questions("tools", count, UNSEEN, "held_out", offered=True)))
    valid = 0
    for text in replies(model, prompts, steps=24):
        try:
            valid += json.loads(text.removeprefix("<|call|>"))["tool"] in ("add", "find")
        except (ValueError, TypeError, KeyError):
            continue
    return valid / count


def before_and_after(model: Decoder) -> dict[str, float]:
    """What the base is asked, too: it has the facts, and no idea of a chat."""
    return {
        "follows_instruction": said_as_asked(model, "chat", told=True),
        "valid_calls": valid_calls(model),
        "recall_often": accuracy(model, told_facts("often")),
    }


def before(base: Decoder) -> dict[str, float]:
    return {f"{name}_before": value for name, value in before_and_after(base).items()}


def measured(model: Decoder) -> dict[str, float]:
    """Free replies against the words they should be: by style, against the user's wish, with tools and without."""
    styles = {
        f"follows_{'_'.join(style[:-2].split())}": said_as_asked(model, "chat", 40, style=style) for style in STYLES
    }
    return before_and_after(model) | styles | {
        "follows_system_against_user": said_as_asked(model, "chat", style="be polite .", conflict=True),
        "right_calls": said_as_asked(model, "tools", offered=True),
        "refuses_without_tool": said_as_asked(model, "tools", offered=False),
        **kind_metrics(model, ("chat", "tools", "react"), count=100),
    }  # fmt: skip


def main() -> None:
    options = tuning_arguments(arguments(__doc__))
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch, model = options.batch or BATCH, trainable_copy(BASE, options.device)
    untuned = before(model)
    ids, spoken = chats(plan.seed, options.device)
    compiled = torch.compile(lambda *tensors: reply_loss(model, *tensors))

    def loss(draws: torch.Generator) -> Tensor:
        starts = torch.randint(TOKENS - LENGTH, (batch, 1), generator=draws, device=ids.device)
        places = starts + torch.arange(LENGTH, device=ids.device)  # (B, T)
        return compiled(ids[places], spoken[places + 1])

    seconds = train(model, loss, plan)
    told = {
        "base": BASE,
        "data": f"tiny world: {TOKENS} tokens of chats, {SHARES}; the loss on the assistant's tokens alone",
        "architecture": architecture_of(BASE),
        "tokens": plan.steps * batch * LENGTH,
        "seconds": round(seconds, 1),
    }
    finish(NAME, model, plan, options, measured(rounded(model).eval()) | untuned, **told)


AFTER = ("decoder",)
CHECKPOINTS = {"sft": Made(lambda: measured(pretrained("sft")) | before(pretrained("decoder")))}


if __name__ == "__main__":
    main()
