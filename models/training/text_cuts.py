"""Three small decoders that repeat and spell words: of characters, of pieces and of whole words.

``python -m models.training.text_cuts --kind all``: three checkpoints, each with several trainings of one shape, under
``<training>.``. All read the same lines for equally many steps and learn what stands after the colon; only the cut of
the text differs.
"""

import dataclasses
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.checkpoints import restored
from models.data.cut_lines import KINDS, LINES, Kind, cut_of, rows_of, training_lines
from models.data.dice import Dice
from models.data.spelling_lines import Line, drawn, made_up, say, spell, spell_as_stated, spelt_words
from models.seeding import seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped
from models.transformer.decoder import Decoder, DecoderConfig

TRAININGS = 3
PLAN = Plan(steps=3000, learning_rate=5e-3, warm_up=50, weight_decay=0.01, clip=1.0 * TRAININGS)
BATCH, QUESTIONS = 32, 128


def config_of(kind: Kind) -> DecoderConfig:
    return DecoderConfig(
        len(cut_of(kind).tokens), 64, layers=2, heads=4, kv_heads=2, head_width=16, hidden=128, context=64
    )


def loss_of(models: SideBySide, ids: Tensor, asked: Tensor, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on lines of its own."""
    at = torch.randint(len(ids), (TRAININGS, rows), generator=draws, device=ids.device)
    T = int(asked[at].any(dim=1).any(dim=0).nonzero().max()) + 1
    read, answers = ids[at][..., :T], asked[at][..., 1:T]
    logits = models(read[..., :-1])
    return TRAININGS * cross_entropy(logits[answers], read[..., 1:][answers])


@torch.inference_mode()
def all_right(model: Decoder, kind: Kind, given: Sequence[Line]) -> Tensor:
    """Whether the model writes each answer without a mistake: (N,)."""
    ids, asked = rows_of(cut_of(kind), given)
    device = model.embedding.weight.device
    best = model(ids[:, :-1].to(device))[0].argmax(dim=-1).cpu()
    return ((best == ids[:, 1:]) | ~asked[:, 1:]).all(dim=1)


def questions(seed: int) -> dict[str, list[Line]]:
    """Words to spell that training spelt and that it never spelt, the letters of these stated first, and to repeat."""
    dice = Dice(f"questions {seed}")
    held = [dice.pick(spelt_words(True)) for _ in range(QUESTIONS)]
    known = [drawn(dice, spelt_words(False)) for _ in range(QUESTIONS)]
    return {
        "spelt in training": [spell(word) for word in known],
        "never spelt": [spell(word) for word in held],
        "letters stated": [spell_as_stated(word, word) for word in held],
        "repeated": [say(pair) for pair in zip(known, held)],
        "made up": [say([made_up(dice), word]) for word in known],
    }


def measured(models: Sequence[Decoder], kind: Kind) -> dict[str, float]:
    """The share of answers without a mistake, the lowest and the highest of the trainings."""
    found = {
        name: [all_right(model, kind, given).float().mean().item() for model in models]
        for name, given in questions(UNSEEN).items()
    }
    return extremes(found, "{which} share right, {name}")


def name_of(kind: Kind) -> str:
    return f"text_cut_{kind}"


@lru_cache(maxsize=16)
def pretrained(kind: Kind, training: int = 0, device: str = "cpu") -> Decoder:
    """One of the shipped ones; share it."""
    return restored(lambda: Decoder(config_of(kind)), name_of(kind), device, own=f"{training}.")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--kind", choices=[*KINDS, "all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    for kind in KINDS if options.kind == "all" else (options.kind,):
        build = lambda kind=kind: Decoder(config_of(kind))
        ids, asked = (part.to(options.device) for part in rows_of(cut_of(kind), training_lines()))
        together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)]).to(options.device)
        loss = lambda draws, m=together, i=ids, a=asked: loss_of(m, i, a, options.batch or BATCH, draws)
        seconds = train(together, loss, plan)
        models = [shipped(build, state) for state in together.states()]
        state = {f"{n}.{name}": weight for n, model in enumerate(models) for name, weight in model.state_dict().items()}
        finish(
            name_of(kind), nn.ModuleList(models), plan, options, measured(models, kind), state=state,
            data=f"{LINES} lines that repeat and spell words, cut into {kind}",
            architecture=dataclasses.asdict(config_of(kind)), trainings=TRAININGS, seconds=round(seconds, 1),
        )  # fmt: skip


CHECKPOINTS = {
    name_of(kind): Made(
        lambda kind=kind: measured([pretrained(kind, n) for n in range(TRAININGS)], kind), f"--kind {kind}"
    )
    for kind in KINDS
}


if __name__ == "__main__":
    main()
