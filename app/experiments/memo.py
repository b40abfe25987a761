"""Results of experiments that are worth keeping, in one store with a limit in bytes.

``@memo`` keeps what a function of hashable arguments returned: a sweep behind a control, a measurement on many texts.
Models are loaded once for good, by ``functools.cache`` where they are defined.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future, wait
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

import numpy as np
from pydantic import BaseModel
from torch import Tensor, nn

LIMIT_BYTES = 192 * 2**20
"""Of all kept results together. The memory of the whole process has a budget of 1.2 GB."""

P = ParamSpec("P")
T = TypeVar("T")


class _Kept(NamedTuple):
    value: Any
    size: int


class Memo:
    """Keeps results up to a limit; those not asked for longest go first. Safe to use from many threads.

    Equal calls at the same time share one computation. A call that raises is kept nowhere, and its next caller tries
    again.
    """

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self.limit = limit
        self.size = 0
        """Bytes kept now."""
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._running: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """The function, which now computes each result once for as long as it is kept."""

        @wraps(function)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (function, args, frozenset(kwargs.items()))
            return self._value(key, lambda: function(*args, **kwargs))

        return remembered

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.size = 0

    def _value(self, key: Hashable, compute: Callable[[], T]) -> T:
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    value: T = self._kept[key].value
                    return value
                others = self._running.get(key)
                if others is None:
                    mine = self._running[key] = Future()
                    break
            wait([others])
            if others.exception() is None:
                shared: T = others.result()
                return shared
        try:
            value = compute()
        except BaseException as problem:  # a run that was stopped must not leave others waiting for it
            with self._lock:
                del self._running[key]
            mine.set_exception(problem)
            raise
        size = size_bytes([value])
        with self._lock:
            del self._running[key]
            self._keep(key, _Kept(value, size))
        mine.set_result(value)
        return value

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        if kept.size > self.limit:
            return
        self._kept[key] = kept
        self.size += kept.size
        while self.size > self.limit:
            _, oldest = self._kept.popitem(last=False)
            self.size -= oldest.size


def size_bytes(values: Iterable[Any]) -> int:
    """Bytes that the values hold: tensors and arrays by their whole storage, each counted once."""
    pending, seen, total = list(values), set[int](), 0
    while pending:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Tensor):
            storage = value.untyped_storage()
            if storage.data_ptr() not in seen:
                seen.add(storage.data_ptr())
                total += storage.nbytes()
            continue
        if isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
            pending.append(value.base)
            continue
        total += sys.getsizeof(value)
        pending += _parts(value)
    return total


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, nn.Module):
        return [*value.parameters(), *value.buffers()]
    if isinstance(value, BaseModel):
        return value.__dict__.values()
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, tuple | list | set | frozenset):
        return value
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


memo = Memo()
"""The store of all experiments, used as a decorator."""
