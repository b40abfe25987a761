import subprocess
import sys

from models.heap import keep_freed_memory

FAULTS = """
import resource
import torch
from models.heap import keep_freed_memory

{before}

def work():
    return [torch.ones(1 << 19) for _ in range(10)]  # ten blocks of two megabytes, freed at once

for _ in range(2):
    work()
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults)
"""


def page_faults(before: str) -> int:
    run = subprocess.run([sys.executable, "-c", FAULTS.format(before=before)], capture_output=True, check=True)
    return int(run.stdout)


def test_kept_memory_is_not_asked_for_again():
    if keep_freed_memory():
        assert page_faults("keep_freed_memory()") < page_faults("") / 4
