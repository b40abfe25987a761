"""What flash-linear-attention's naive forms make of inputs that any environment can draw again.

The package imports triton before anything else, which a CPU build of torch has not, so its files are run by their path:
unpack fla-core 0.6.0 into a folder and, with torch and einops at hand, run
``python tests/parity/flash_linear_attention_recorded.py FOLDER``, which writes the JSON file beside this one.

Symbols
    B  rows      H  heads      T  tokens      K  width of keys      V  width of values
"""

import json
import runpy
import sys
from pathlib import Path

import torch
from torch import Tensor

RECORDED = Path(__file__).with_suffix(".json")
B, H, T, K, V = 2, 3, 13, 5, 7
SEED = 21


def drawn() -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys (B, H, T, K) and values (B, H, T, V), as the package computes: in single precision."""
    draws = torch.Generator().manual_seed(SEED)
    q, k = (torch.randn((B, H, T, K), generator=draws) for _ in range(2))
    return q, k, torch.randn((B, H, T, V), generator=draws)


def features() -> tuple[Tensor, Tensor, Tensor]:
    """Queries and keys above zero, as a feature map makes them."""
    q, k, v = drawn()
    return q.exp(), k.exp(), v


def of_the_package(folder: Path) -> dict[str, Tensor]:
    ops = folder / "fla" / "ops"
    retention = runpy.run_path(str(ops / "retention" / "naive.py"))["naive_retention"]
    linear = runpy.run_path(str(ops / "linear_attn" / "naive.py"))["naive_recurrent_linear_attn"]
    by_token = [part.transpose(1, 2) for part in features()]  # (B, T, H, …)
    return {
        "retention": retention(*drawn()),
        "linear attention": linear(*by_token, normalize=True)[0].transpose(1, 2),
        "linear attention, not normalised": linear(*by_token, scale=1.0)[0].transpose(1, 2),
    }


if __name__ == "__main__":
    found = {name: values.tolist() for name, values in of_the_package(Path(sys.argv[1])).items()}
    RECORDED.write_text(json.dumps(found), encoding="utf-8")
