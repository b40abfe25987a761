"""Trains every checkpoint again, in an order in which each finds what it starts from: ``python -m models.training``.

Hours on a CPU. Arguments (``--device cuda``, ``--out DIR``) are handed to every recipe; one that fails is named at the
end and stops none of the others.
"""

import subprocess
import sys

RECIPES = (
    "decoder",
    "positions --scheme all",
    "long_context",  # from decoder_multi_head
    "moe_decoder --balance both",
    "induction --layers 2",
    "induction --layers 1",
    "sizes --size all",
    "draft",
    "masked_encoder",
    "translator",
    "offset_copiers",
    "sparse_selection",
    "narrow_heads",
    "sinks",
    "sequence_models --kind all",
    "reasoner --style both",
    "sft",  # from decoder
    "reward_model",  # from sft
    "preference",  # from sft
    "point_denoiser",
    "digit_denoiser",
    "digit_dit",  # judged by digit_denoiser's classifier
    "digit_cnn",
    "digit_vit",
    "digit_autoencoder",
    "digit_vae",
)


def main() -> int:
    failed = []
    for recipe in RECIPES:
        module, *options = recipe.split()
        print(f"=== {recipe}", flush=True)
        if subprocess.run([sys.executable, "-m", f"models.training.{module}", *options, *sys.argv[1:]]).returncode:
            failed.append(recipe)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
