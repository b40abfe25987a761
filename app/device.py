"""Chooses where the models run."""

import torch


def resolve(asked: str) -> str:
    """``auto`` takes CUDA where there is one, else the CPU. ValueError if the asked device is not on this machine."""
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if asked == "auto":
        return "cuda" if present["cuda"] else "cpu"
    if not present.get(asked, False):
        here = ", ".join(name for name, found in present.items() if found)
        raise ValueError(f"device: takes auto or one that this machine has ({here}); you gave {asked!r}")
    return asked
