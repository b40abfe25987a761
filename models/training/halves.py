"""Small encoder-decoders, three trainings of each kind side by side: ``python -m models.training.halves --group all``.

``list_halves`` writes lists backwards, from one state per word or from their mean. ``tok_halves`` translates, trained
on targets shifted right, or on unshifted ones, where the decoder reads the word that it has to give.
"""

import argparse
import dataclasses
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data import tok_sentences, word_lists
from models.language.from_states import all_right, generated, shifted_right
from models.seeding import generator, seeded
from models.training.extremes import extremes
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made
from models.training.side_by_side import SideBySide, shipped
from models.transformer.encoder import padding_mask
from models.transformer.encoder_decoder import EncoderDecoder
from models.transformer.pretrained_halves import HALVES, TRAININGS, halves

BATCH, HELD_OUT, LONGEST = 24, 128, 12
MEASURED = 4, 8, 12
PLANS = {
    "list_halves": Plan(steps=1400, learning_rate=4e-3, weight_decay=0.0, clip=1.0 * TRAININGS),
    "tok_halves": Plan(steps=600, learning_rate=4e-3, weight_decay=0.0, clip=1.0 * TRAININGS),
}


def apart(*parts: Tensor) -> tuple[Tensor, ...]:
    """Rows for all trainings (N · B, …) as rows of each (N, B, …)."""
    return tuple(part.unflatten(0, (TRAININGS, -1)) for part in parts)


def list_loss(models: SideBySide, kind: str, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on lists of its own, all of one random length."""
    length = int(torch.randint(word_lists.SHORTEST, LONGEST + 1, (1,), generator=draws))
    source, target = word_lists.lists(TRAININGS * rows, length, "reverse", draws)
    logits = models(*apart(source, shifted_right(target, word_lists.END)))
    return TRAININGS * cross_entropy(logits.flatten(0, 2), target.flatten())


def tok_loss(models: SideBySide, kind: str, rows: int, draws: torch.Generator) -> Tensor:
    """The same on sentences; “not shifted” reads the target itself."""
    source, target = tok_sentences.sentences(TRAININGS * rows, draws)
    read = shifted_right(target, tok_sentences.END) if kind == "shifted" else target
    logits = models(*apart(source, read, padding_mask(source, tok_sentences.PAD)))
    return TRAININGS * cross_entropy(logits.flatten(0, 2), target.flatten(), ignore_index=tok_sentences.PAD)


LOSSES: Mapping[str, Callable[[SideBySide, str, int, torch.Generator], Tensor]] = {
    "list_halves": list_loss,
    "tok_halves": tok_loss,
}


def list_match(model: EncoderDecoder, length: int) -> float:
    """The share of new lists that are written right to the end."""
    source, target = word_lists.lists(HELD_OUT, length, "reverse", generator(UNSEEN))
    return all_right(generated(model, model.encode(source), word_lists.END, length + 1), target).float().mean().item()


def tok_match(model: EncoderDecoder) -> float:
    """The share of held-out sentences that are translated right to the end."""
    t = tok_sentences
    source, target = t.sentences(HELD_OUT, generator(UNSEEN), held=True)
    encoded = model.encode(source, padding_mask(source, t.PAD))
    return all_right(generated(model, encoded, t.END, t.TARGET), target, t.PAD).float().mean().item()


Models = Mapping[tuple[int, str], EncoderDecoder]


def measured(group: str, models: Models) -> dict[str, float]:
    """Exact match by kind, the lowest and highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (_, kind), model in models.items():
        if group == "tok_halves":
            found.setdefault(f"{kind}", []).append(tok_match(model))
        else:
            for length in MEASURED:
                found.setdefault(f"{kind}, {length} words", []).append(list_match(model, length))
    return extremes(found, "{which} exact match, {name}")


def make(group: str, options: argparse.Namespace) -> None:
    plan = dataclasses.replace(PLANS[group], steps=options.steps or PLANS[group].steps)
    batch, seconds, models = options.batch or BATCH, 0.0, dict[tuple[int, str], EncoderDecoder]()
    for kind, build in HALVES[group].items():
        together = SideBySide([seeded(build, seed) for seed in range(TRAININGS)]).to(options.device)
        seconds += train(together, lambda draws, m=together, k=kind: LOSSES[group](m, k, batch, draws), plan)
        for training, weights in enumerate(together.states()):
            models[training, kind] = shipped(build, weights)
    state = {f"{n}.{kind}.{k}": w for (n, kind), model in models.items() for k, w in model.state_dict().items()}
    finish(
        group, nn.ModuleList(models.values()), plan, options, measured(group, models), state=state,
        data=f"lists of {word_lists.SHORTEST} to {LONGEST} words to reverse, fresh at every step"
        if group == "list_halves" else "sentences to translate into Tok, fresh at every step",
        architecture=dataclasses.asdict(next(iter(models.values())).config), batch=batch, trainings=TRAININGS,
        kinds=list(HALVES[group]), seconds=round(seconds, 1),
    )  # fmt: skip


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--group", choices=[*HALVES, "all"], default="all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for group in HALVES if options.group == "all" else [options.group]:
        make(group, options)


def loaded(group: str) -> Models:
    return {(n, kind): halves(group, kind, n) for kind in HALVES[group] for n in range(TRAININGS)}


CHECKPOINTS = {group: Made(lambda group=group: measured(group, loaded(group)), f"--group {group}") for group in HALVES}


if __name__ == "__main__":
    main()
