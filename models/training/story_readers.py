"""Small readers of ``models.data.handed_over``: ``python -m models.training.story_readers --variant all``.

Each checkpoint holds three trainings of one variant, under ``<training>.``. All have equal sizes, texts of the same
kind and equally many steps. BERT's kind learns masked words and what follows, GPT's kind the next token.
"""

import dataclasses
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data import story_questions as questions
from models.data.handed_over import EASY, MASK, PAD, VOCABULARY, Order
from models.data.handed_over_rows import ONE_TEXT, Rows, laid_out, pair_rows, story_rows
from models.language.masking import Fates, masked_tokens, word_loss
from models.seeding import seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped
from models.transformer.generative_pretraining import GPT1
from models.transformer.pretrained_story_readers import (
    DECODER,
    DECODERS,
    ENCODER,
    ENCODERS,
    SIZES,
    TRAININGS,
    decoder,
    encoder,
    mask_of,
    name_of,
)
from models.transformer.pretraining_heads import Pretraining, PretrainingEncoder

BATCH, ROWS, HELD_OUT = 128, 24_000, 512
SHARE = 0.3
"""Of the words, how many are asked for: twice BERT's share, for the texts are short. “The” and “.” never are."""
PLAN = Plan(steps=1000, learning_rate=6e-3, warm_up=60, weight_decay=0.01, clip=1.0 * TRAININGS)
DECODER_STEPS = 800
"""GPT's kind learns from every token and needs fewer."""


def order_of(variant: str) -> Order:
    return "words shuffled" if variant.endswith("words shuffled") else "as written"


def encoder_loss(models: SideBySide, rows: Rows, variant: str, count: int, draws: torch.Generator) -> Tensor:
    """The sum of both tasks' mean losses (BERT, appendix A.2), added over the trainings."""
    at = torch.randint(len(rows.ids), (TRAININGS, count), generator=draws)
    ids = rows.ids[at]  # (N, B, T)
    fates = Fates(1.0, 0.0) if variant == "always masked" else Fates()
    inputs, targets = masked_tokens(ids, VOCABULARY, draws, SHARE, fates=fates, mask=MASK, specials=EASY)
    said: Pretraining = models(inputs, rows.segments[at], mask_of(inputs, variant))
    words = word_loss(said.words, targets)
    follows = cross_entropy(said.next_sentence.flatten(0, 1), rows.labels[at].flatten(), ignore_index=ONE_TEXT)
    return TRAININGS * (words + follows)


def decoder_loss(models: SideBySide, rows: Rows, count: int, draws: torch.Generator) -> Tensor:
    """L₁: the mean loss of the next token (GPT-1, equation 1), added over the trainings."""
    ids = rows.ids[torch.randint(len(rows.ids), (TRAININGS, count), generator=draws)]  # (N, B, T)
    logits = models(ids[..., :-1])
    return TRAININGS * cross_entropy(logits.flatten(0, 2), ids[..., 1:].flatten(), ignore_index=PAD)


@torch.inference_mode()
def encoder_metrics(model: PretrainingEncoder, variant: str) -> dict[str, float]:
    """Masked words that are found, by where their clue stands, and pairs that are taken for true."""
    found = {}
    for name, asked in (
        ("verb, thing behind", questions.verbs(HELD_OUT, False, UNSEEN)),
        ("verb, thing in front", questions.verbs(HELD_OUT, True, UNSEEN)),
        ("pronoun", questions.pronouns(HELD_OUT, False, UNSEEN)),
    ):
        logits = model(asked.hidden, asked.rows.segments, mask_of(asked.hidden, variant))[0].words
        found[name] = asked.right(logits[torch.arange(HELD_OUT), asked.at]).float().mean().item()
    for second in ("next", "random", "swapped"):
        rows = laid_out(questions.pairs(HELD_OUT, second, UNSEEN))
        said = model(rows.ids, rows.segments, mask_of(rows.ids, variant))[0].next_sentence
        found[f"taken for true, {second}"] = said.argmax(dim=-1).float().mean().item()
    return found


@torch.inference_mode()
def decoder_metrics(model: GPT1) -> dict[str, float]:
    """Next words that are found where the text so far determines them."""
    found = {}
    for name, asked in (
        ("verb, thing in front", questions.verbs(HELD_OUT, True, UNSEEN)),
        ("pronoun", questions.pronouns(HELD_OUT, False, UNSEEN)),
    ):
        logits = model(asked.rows.ids)[0][torch.arange(HELD_OUT), asked.at - 1]
        found[name] = asked.right(logits).float().mean().item()
    return found


def measured(models: Sequence[nn.Module], variant: str) -> dict[str, float]:
    """The lowest and the highest share of the trainings."""
    each = [decoder_metrics(m) if isinstance(m, GPT1) else encoder_metrics(m, variant) for m in models]  # type: ignore[arg-type]
    return extremes({name: [one[name] for one in each] for name in each[0]}, "{which} {name}")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--variant", choices=[name_of(one) for one in (*ENCODERS, *DECODERS)] + ["all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    count = options.batch or BATCH
    for variant in (*ENCODERS, *DECODERS):
        if options.variant not in ("all", name_of(variant)):
            continue
        plan = dataclasses.replace(PLAN, steps=options.steps or (DECODER_STEPS if variant in DECODERS else PLAN.steps))
        together, loss, build = _arranged(variant, count)
        seconds = train(together, loss, plan)
        models = [shipped(build, state).eval() for state in together.states()]
        state = {f"{n}.{name}": weight for n, one in enumerate(models) for name, weight in one.state_dict().items()}
        finish(
            name_of(variant), models[0], plan, options, measured(models, variant), state=state,
            data=f"{ROWS} rows of stories of two people and a thing, {order_of(variant)}; {variant}",
            architecture=SIZES, trainings=TRAININGS, seconds=round(seconds, 1),
        )  # fmt: skip


def _arranged(variant: str, count: int):
    build = (lambda: GPT1(DECODER)) if variant in DECODERS else (lambda: PretrainingEncoder(ENCODER))
    together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)])
    if variant in DECODERS:
        rows = story_rows(ROWS, order_of(variant), PLAN.seed)
        return together, lambda draws: decoder_loss(together, rows, count, draws), build
    rows = pair_rows(ROWS, order_of(variant), PLAN.seed)
    return together, lambda draws: encoder_loss(together, rows, variant, count, draws), build


def shipped_metrics(variant: str) -> dict[str, float]:
    load = decoder if variant in DECODERS else encoder
    return measured([load(variant, training) for training in range(TRAININGS)], variant)  # type: ignore[operator]


CHECKPOINTS = {
    name_of(one): Made(partial(shipped_metrics, one), f"--variant {name_of(one)}") for one in (*ENCODERS, *DECODERS)
}
if __name__ == "__main__":
    main()
