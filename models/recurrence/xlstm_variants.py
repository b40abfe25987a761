"""The cells that are compared on memory tasks: sLSTM, mLSTM and LSTM, whole or with one mechanism changed."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from torch import nn
from torch.nn.functional import logsigmoid

from models.data.memory_tasks import KEYS, NEAREST_FEATURES, PAIR_FEATURES, VALUES
from models.recurrence.lstm import LSTM
from models.recurrence.mlstm import MLSTM, ParallelMLSTM
from models.recurrence.reader import Reader
from models.recurrence.slstm import SLSTM
from models.recurrence.xlstm_ablations import FixedKeyMLSTM, UnmixedSLSTM, VectorMemory

WIDTH = 16


class Variant(NamedTuple):
    """A cell of a task; ``read_as`` builds it where it runs, if another form of it does."""

    task: str
    build: Callable[[int], nn.Module]  # from the number of inputs
    started: Callable[[Any, int], object] = lambda cell, training: cell.start()
    width: int = WIDTH
    read_as: Callable[[int], nn.Module] | None = None


def mlstm(inputs: int) -> nn.Module:
    return MLSTM(inputs, WIDTH)


VARIANTS: Mapping[str, Variant] = {
    "parity_slstm": Variant("parity", lambda n: SLSTM(n, WIDTH)),
    "parity_slstm_unmixed": Variant("parity", lambda n: UnmixedSLSTM(n, WIDTH)),
    "parity_slstm_two_heads": Variant("parity", lambda n: SLSTM(n, WIDTH, heads=2)),
    "parity_lstm": Variant("parity", lambda n: LSTM(n, WIDTH)),
    "parity_mlstm": Variant("parity", lambda n: ParallelMLSTM(n, WIDTH), read_as=mlstm),
    "recall_slstm": Variant("recall", lambda n: SLSTM(n, WIDTH)),
    "recall_lstm": Variant("recall", lambda n: LSTM(n, WIDTH)),
    "recall_mlstm": Variant("recall", lambda n: ParallelMLSTM(n, WIDTH), read_as=mlstm),
    "recall_mlstm_fixed_keys": Variant(
        "recall", lambda n: FixedKeyMLSTM(n, WIDTH), lambda cell, seed: cell.start().fix_keys(KEYS, seed)
    ),
    "recall_vector_memory": Variant("recall", lambda n: VectorMemory(n, WIDTH**2), width=WIDTH**2),
    "nearest_slstm": Variant("nearest", lambda n: SLSTM(n, WIDTH)),
    "nearest_slstm_sigmoid": Variant("nearest", lambda n: SLSTM(n, WIDTH, log_input=logsigmoid)),
    "nearest_lstm": Variant("nearest", lambda n: LSTM(n, WIDTH)),
}
SIZES = {"parity": (2, 2), "recall": (PAIR_FEATURES, VALUES), "nearest": (NEAREST_FEATURES, VALUES)}


def build(name: str, training: bool = False) -> Reader:
    """The model of a variant, as it runs or as it is trained."""
    variant = VARIANTS[name]
    inputs, outputs = SIZES[variant.task]
    cell = variant.build if training else variant.read_as or variant.build
    return Reader(cell(inputs), variant.width, outputs)
