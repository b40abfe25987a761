"""An encoder-decoder that translates, rewrites and fills gaps: ``python -m models.training.translator``.

One model for every task of ``models.data.text_to_text``, as T5 does it, in the arrangement of 2017.
"""

import dataclasses

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.data.text_to_text import TASKS, rows
from models.data.tiny_world import Split
from models.language import pretrained_text_models as texts
from models.language.transduction import transduce
from models.seeding import seeded
from models.tokenization.tokenizer import PAD, VOCABULARY
from models.training.finish import finish, rounded
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import EncoderDecoder, EncoderDecoderConfig

NAME = "translator"
CONFIG = EncoderDecoderConfig(vocabulary=VOCABULARY, width=96, layers=2, heads=6, hidden=288)
PLAN = Plan(steps=2500, learning_rate=2e-3, warm_up=300, weight_decay=0.05)
LENGTHS = 40, 20
BATCH, ROWS, HELD_OUT = 32, 80_000, 256


def loss_of(model: EncoderDecoder, source: Tensor, target: Tensor) -> Tensor:
    """Mean −ln p of the next word, given the true ones before it (teacher forcing); padding is not asked for."""
    logits, _ = model(source, target[:, :-1], padding_mask(source, PAD))
    return cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD)


def exact_match(model: EncoderDecoder, task: str, split: Split = "held_out") -> float:
    """The share of unseen texts whose answer is right to the last token, written greedily."""
    source, target = map(torch.from_numpy, rows(HELD_OUT, UNSEEN, LENGTHS, task, split))
    device = model.embedding.weight.device
    written = transduce(model, source.to(device), LENGTHS[1]).cpu()
    padded = torch.full_like(target[:, 1:], PAD)
    padded[:, : written.shape[1]] = written
    return (padded == target[:, 1:]).all(dim=1).float().mean().item()


def measured(model: EncoderDecoder) -> dict[str, float]:
    """Exact match by task; held out are pairs of nouns, of synonyms, longer lists; gaps are cut in new texts."""
    held_out = {f"exact_match_{task}": exact_match(model, task) for task in TASKS if task != "lists"}
    lists = {
        "exact_match_lists": exact_match(model, "lists", "train"),
        "exact_match_longer_lists": exact_match(model, "lists"),
    }
    return held_out | lists


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    batch = options.batch or BATCH
    source, target = (torch.from_numpy(part).to(options.device) for part in rows(ROWS, plan.seed, LENGTHS))
    model = seeded(lambda: EncoderDecoder(CONFIG), plan.seed, options.device)
    compiled = torch.compile(lambda *tensors: loss_of(model, *tensors))

    def loss(draws: torch.Generator) -> Tensor:
        row = torch.randint(len(source), (batch,), generator=draws, device=source.device)
        return compiled(source[row], target[row])

    seconds = train(model, loss, plan)
    told = {
        "data": f"tiny world: {ROWS} exchanges, {', '.join(TASKS)}",
        "architecture": dataclasses.asdict(CONFIG),
        "tokens": plan.steps * batch * sum(LENGTHS),
        "seconds": round(seconds, 1),
    }
    finish(NAME, rounded(model), plan, options, measured(model), **told)


CHECKPOINTS = {NAME: Made(lambda: measured(texts.translator()))}


if __name__ == "__main__":
    main()
