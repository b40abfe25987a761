import subprocess
import sys

from models.allocator import keep_freed_memory

PILED_UP = """
import torch
from models.allocator import give_back_freed_memory, keep_freed_memory

resident = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096
keep_freed_memory()
held = [torch.ones(1 << 20) for _ in range(50)]  # 200 megabytes
del held[::2]  # between blocks that stay: free() by itself only gives back the end of the heap
before = resident()
print(int(give_back_freed_memory()), before - resident())
"""

BLOCKS = """
import ctypes
import torch
from models.allocator import keep_freed_memory

Counts = type("mallinfo2", (ctypes.Structure,), {"_fields_": [(name, ctypes.c_size_t) for name in
    "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]})
counts = ctypes.CDLL(None).mallinfo2
counts.restype = Counts

torch.ones(1)
%s
before = counts()
held = [torch.empty(6 << 20) for _ in range(2)]  # two blocks of 24 megabytes
apart = counts().hblks - before.hblks
del held
print(apart, counts().arena - before.arena)
"""


def apart_and_kept(call: str) -> tuple[int, int]:
    """Of two large blocks: how many glibc maps one by one, and the bytes it keeps when they are freed."""
    run = subprocess.run([sys.executable, "-c", BLOCKS % call], capture_output=True, check=True)
    apart, kept = run.stdout.split()
    return int(apart), int(kept)


def test_large_blocks_come_from_the_heap_and_stay_in_it():
    before = apart_and_kept("")
    if keep_freed_memory() and before[0] == 2:
        apart, kept = apart_and_kept("keep_freed_memory()")
        assert apart == 0
        assert kept >= 40 * 2**20
    else:  # not glibc's allocator, or one that was told not to map large blocks: nothing changes
        assert apart_and_kept("keep_freed_memory()") == before


def test_what_has_piled_up_goes_back_to_the_system():
    run = subprocess.run([sys.executable, "-c", PILED_UP], capture_output=True, check=True)
    told, given_back = map(int, run.stdout.split())
    assert (given_back >= 50 * 2**20) == bool(told)  # nothing is told where the allocator is not glibc’s
