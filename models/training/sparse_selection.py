"""Gates and indexers of compressed sparse attention, for each width: ``python -m models.training.sparse_selection``.

They lie in one checkpoint under ``<width>.``. Entries of 4 tokens and a window of 8 while they train.
"""

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from models.attention.compressed_sparse import compressed_sparse_attention
from models.attention.sparse_selection import SparseSelection, reading_loss, selection_loss
from models.data.asked_tokens import NEEDLE, asked_tokens
from models.language import pretrained_text_models as texts
from models.seeding import seeded
from models.training.finish import finish
from models.training.loop import Plan, train
from models.training.options import arguments
from models.training.recipes import UNSEEN, Made

NAME = "sparse_selection"
WIDTHS = 2, 4, 8, 16
TOKENS, BLOCK, WINDOW, TOP = 96, 4, 8, 3
PLAN = Plan(steps=400, learning_rate=3e-2, warm_up=20, weight_decay=0.0)
BATCH, HELD_OUT = 8, 32


def loss_of(model: SparseSelection, rows: int, draws: torch.Generator) -> Tensor:
    """On streams that no other step sees."""
    seed = int(torch.randint(2**31, (), generator=draws, device=draws.device))
    asked = asked_tokens(rows, TOKENS, seed)
    return selection_loss(model, asked, BLOCK, WINDOW)


@torch.inference_mode()
def measured(models: Mapping[int, SparseSelection]) -> dict[str, float]:
    """On held-out streams, for every width: needles picked among the best three entries, and the reading loss."""
    asked = asked_tokens(HELD_OUT, TOKENS, UNSEEN)
    found = {}
    for width, model in models.items():
        z, q_index, c_index = model.cpu()(asked.x, asked.sought)
        trace = compressed_sparse_attention(asked.q, asked.c, z, q_index, c_index, BLOCK, TOP, WINDOW)
        picked = trace.picked.gather(-1, (asked.target // BLOCK)[..., None])[..., 0]
        found[f"needles_picked_{width}"] = picked[asked.kind == NEEDLE].float().mean().item()
        found[f"reading_loss_nats_{width}"] = reading_loss(trace.read, asked).item()
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    batch, seconds = options.batch or BATCH, 0.0
    plan = dataclasses.replace(PLAN, steps=options.steps or PLAN.steps)
    models: dict[int, SparseSelection] = {}
    for width in WIDTHS:
        models[width] = seeded(lambda width=width: SparseSelection(width), 0)
        seconds += train(models[width], lambda draws, model=models[width]: loss_of(model, batch, draws), plan)
    told = {
        "data": f"streams of {TOKENS} random tokens, fresh at every step",
        "architecture": {"index_widths": list(WIDTHS)},
        "tokens per entry": BLOCK,
        "window": WINDOW,
        "seconds": round(seconds, 1),
    }
    state = {f"{width}.{key}": weight for width, model in models.items() for key, weight in model.state_dict().items()}
    finish(NAME, nn.ModuleList(models.values()), plan, options, measured(models), state=state, **told)


CHECKPOINTS = {NAME: Made(lambda: measured({width: texts.sparse_selection(width) for width in WIDTHS}))}


if __name__ == "__main__":
    main()
