"""A BERT of 0.4M parameters on the tiny world: ``python -m models.training.masked_encoder``.

It learns the word behind a mask and whether one half of a text follows the other, both at once.
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data.kinds.facts import STATEMENTS, statement
from models.data.sample import parse
from models.data.sentence_pairs import ONE_TEXT, Rows, Second, laid_out, paired_rows, single_rows
from models.data.tiny_world import world
from models.language import pretrained_text_models as texts
from models.language.masking import NOT_ASKED, masked_tokens
from models.seeding import generator, seeded
from models.tokenization.tokenizer import MASK, PAD, VOCABULARY, ids_of, locate
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.transformer.encoder import EncoderConfig, padding_mask
from models.transformer.pretraining_heads import PretrainingEncoder

NAME = "masked_encoder"
CONFIG = EncoderConfig(vocabulary=VOCABULARY, width=96, layers=3, heads=6, hidden=288, context=64)
PLAN = Plan(steps=2200, learning_rate=2e-3, warm_up=200, weight_decay=0.05)
BATCH, ROWS, HELD_OUT = 32, 60_000, 256


class Data:
    """Rows on the device: half pairs, half single texts."""

    def __init__(self, device: str) -> None:
        both = paired_rows(ROWS // 2, CONFIG.context, PLAN.seed), single_rows(ROWS // 2, CONFIG.context, PLAN.seed)
        parts = (torch.cat([torch.from_numpy(rows[i]) for rows in both]) for i in range(3))
        self.ids, self.segments, self.labels = (part.to(device) for part in parts)

    def batch(self, size: int, draws: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Inputs, segments and targets (B, T), and the labels of the pairs (B,)."""
        row = torch.randint(len(self.ids), (size,), generator=draws, device=self.ids.device)
        inputs, targets = masked_tokens(self.ids[row], VOCABULARY, draws)
        return inputs, self.segments[row], targets, self.labels[row]


def loss_of(model: PretrainingEncoder, inputs: Tensor, segments: Tensor, targets: Tensor, labels: Tensor) -> Tensor:
    """The sum of both tasks' mean losses (BERT, appendix A.2)."""
    answers, _ = model(inputs, segments, padding_mask(inputs, PAD))
    words = cross_entropy(answers.words.flatten(0, 1), targets.flatten(), ignore_index=NOT_ASKED)
    return words + cross_entropy(answers.next_sentence, labels, ignore_index=ONE_TEXT)


@torch.inference_mode()
def measured(model: PretrainingEncoder) -> dict[str, float]:
    """Masked words told from both sides, facts asked for by a mask, and what counts as a next sentence."""
    pairs = paired_rows(HELD_OUT, CONFIG.context, UNSEEN, "next")
    return {
        "masked_accuracy_pairs": masked_accuracy(model, pairs),
        "masked_accuracy_single": masked_accuracy(model, single_rows(HELD_OUT, CONFIG.context, UNSEEN)),
        **{f"masked_recall_{tier}": masked_recall(model, tier) for tier in ("often", "seldom", "never")},
        **{
            f"next_sentence_accuracy_{second}": next_accuracy(model, second) for second in ("next", "random", "swapped")
        },
    }


def masked_accuracy(model: PretrainingEncoder, rows: Rows) -> float:
    """The share of words that are found again, of the 15 % asked for."""
    device = model.encoder.embedding.weight.device
    ids, segments = (torch.from_numpy(part) for part in rows[:2])
    inputs, targets = (part.to(device) for part in masked_tokens(ids, VOCABULARY, generator(UNSEEN)))
    answers, _ = model(inputs, segments.to(device), padding_mask(inputs, PAD))
    asked = targets != NOT_ASKED
    return (answers.words.argmax(-1) == targets)[asked].float().mean().item()


def masked_recall(model: PretrainingEncoder, tier: str) -> float:
    """The share of facts of a tier, in each wording, whose value is found behind a mask."""
    texts = [statement(fact, form) for fact in world().by_tier[tier] for form in range(len(STATEMENTS[fact.relation]))]
    samples = [parse(text, "told") for text in texts]
    ids = torch.tensor([laid_out(ids_of(sample.text), [], CONFIG.context)[0] for sample in samples])  # (N, T)
    asked = torch.zeros_like(ids, dtype=torch.bool)
    for row, sample in enumerate(samples):
        [place] = locate(sample.text, [sample.answers[0][:2]])
        asked[row, place.start + 1 : place.stop + 1] = True  # the class token comes first
    inputs = ids.masked_fill(asked, MASK).to(model.encoder.embedding.weight.device)
    words = model(inputs, mask=padding_mask(inputs, PAD))[0].words.argmax(-1).cpu()
    return ((words == ids) | ~asked).all(dim=1).float().mean().item()


def next_accuracy(model: PretrainingEncoder, second: Second) -> float:
    """The share of pairs that are judged as their label says; a swapped pair is not a next one."""
    rows = paired_rows(HELD_OUT, CONFIG.context, UNSEEN, second)
    ids, segments, labels = (torch.from_numpy(part).to(model.encoder.embedding.weight.device) for part in rows)
    answers, _ = model(ids, segments, padding_mask(ids, PAD))
    return (answers.next_sentence.argmax(-1) == labels).float().mean().item()


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch = options.batch or BATCH
    data, model = Data(options.device), seeded(lambda: PretrainingEncoder(CONFIG), plan.seed, options.device)
    compiled = torch.compile(lambda *tensors: loss_of(model, *tensors))
    seconds = train(model, lambda draws: compiled(*data.batch(batch, draws)), plan)
    told: Mapping[str, object] = {
        "data": f"tiny world: {ROWS} rows, half of them pairs",
        "architecture": dataclasses.asdict(CONFIG),
        "tokens": plan.steps * batch * CONFIG.context,
        "seconds": round(seconds, 1),
    }
    finish(NAME, rounded(model), plan, options, measured(model), **told)


CHECKPOINTS = {NAME: Made(lambda: measured(texts.masked_encoder()))}


if __name__ == "__main__":
    main()
