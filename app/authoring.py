"""Writes what a new family of entries begins with: ``python -m app new CHAPTER/FAMILY ENTRY …``.

All of it runs. It fails where the author must think: the words say TODO, the citation is in no list, and the one claim
does not hold yet.
"""

import re
from pathlib import Path
from string import Template

from glossary import reader

ROOT = Path(__file__).parents[1]
FAMILY = re.compile(r"(?P<chapter>[a-z0-9-]+)/(?P<family>[a-z][a-z0-9_]*)")


class CannotWrite(ValueError):
    """What was asked for has no place in the catalogue, or is there already."""


RUN = Template('''"""TODO: what is computed, in one sentence."""

from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.seeding import normal


class ${name}Controls(Controls):
    scale: float = Field(1.0, ge=0, le=4, multiple_of=0.1, title="Scale", description="TODO: what it changes")


class ${name}Result(NamedTuple):
    controls: ${name}Controls
    values: Tensor  # (N,)


@torch.inference_mode()
def run(controls: ${name}Controls, device: str) -> ${name}Result:
    return ${name}Result(controls, controls.scale * normal(64, seed=controls.seed).to(device))


def measure(result: ${name}Result) -> Measurements:
    return {"standard_deviation": result.values.std().item(), "todo": 0.0}
''')

FIGURES = Template('''"""TODO: what is drawn, in one sentence."""

import numpy as np

from app.experiments.${module}.run import ${name}Result
from app.experiments.base import Figure, Figures, Measurements
from visualizers.curve import curves


def figures(result: ${name}Result, metrics: Measurements) -> Figures:
    values = result.values.numpy()
    return {
        "values": Figure(
            title="TODO: what is on the axes",
            caption="TODO: what to look at.",
            text=f"The standard deviation of {len(values)} values is {metrics['standard_deviation']:.2f}.",
            plot=curves(np.arange(len(values)), {"values": values}, x_title="number"),
        )
    }
''')

EXPERIMENT = Template('''"""Serves ${entries}: TODO, what they share; for one alone, why no other can share it."""

from app.experiments.${module}.figures import figures
from app.experiments.${module}.run import ${name}Controls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    ${name}Controls,
    run,
    measure,
    figures,
    labels={"standard_deviation": "standard deviation of the values", "todo": "TODO: quantity, unit"},
)
''')

ENTRY = Template("""+++
title = "${title}"
chapter = "${chapter}"
level = "beginner"
cite = ["TODO#section"]

[[equations]]
name = "TODO"
latex = 'x \\sim \\mathcal{N}(0, 1)'
code = "models.seeding:normal"

[live]
experiment = "${chapter_folder}/${family}"
controls = ["scale"]
preset = { scale = ${scale} }

[[live.claims]]
says = "TODO: quantity, comparison and condition."
kind = "measured"
holds = "todo > 0"
fails_for = { scale = 0 }
switch = "TODO: the change in a few words"
symptom = "TODO: what to look for when it is broken."

[[live.predictions]]
asks = "TODO: a question that a run answers, and no sum."
metric = "standard_deviation"
low = 0
high = 4
+++

## Definition

TODO: at most 60 words; the first sentence stands alone.

## Purpose

TODO: at most 80 words.
""")

TEST = Template('''"""TODO: what the pages of ${chapter_folder}/${family} say beyond their claims."""

import pytest

from glossary import reader
from tests.entries.evidence import runs_of


@pytest.mark.parametrize("entry", [reader.entries()[slug] for slug in ${slugs}], ids=lambda entry: entry.slug)
def test_the_scale_is_the_standard_deviation(entry) -> None:
    """TODO: an independent check of the numbers; this one is of the template."""
    shown = runs_of(entry.slug)()
    assert shown.metrics["standard_deviation"] == pytest.approx(entry.live.preset["scale"], rel=0.3)
''')


def listed(slugs: list[str]) -> str:
    """relu alone; relu and tanh; relu, tanh and elu."""
    return " and ".join(filter(None, [", ".join(slugs[:-1]), slugs[-1]])) + (" alone" if len(slugs) == 1 else "")


def files(family: str, slugs: list[str]) -> dict[str, str]:
    """Path in the repository → text. Raises CannotWrite."""
    found = FAMILY.fullmatch(family)
    chapters = {chapter.slug: chapter for chapter in reader.chapters()}
    if found is None or found["chapter"] not in chapters:
        raise CannotWrite(f"{family!r}: takes chapter/family_name with a chapter of {', '.join(chapters)}")
    if not slugs:
        raise CannotWrite("an experiment serves at least one entry; name it")
    chapter, name = found["chapter"], found["family"]
    unknown = [slug for slug in slugs if slug not in chapters[chapter].entries]
    if unknown:
        raise CannotWrite(f"{', '.join(unknown)}: not listed under {chapter} in glossary/chapters.toml")
    folder = chapter.replace("-", "_")
    told = {
        "module": f"{folder}.{name}", "name": name.title().replace("_", ""), "entries": listed(slugs),
        "chapter": chapter, "chapter_folder": folder, "family": name, "slugs": repr(slugs),
    }  # fmt: skip
    place = f"app/experiments/{folder}/{name}"
    written = {
        f"app/experiments/{folder}/__init__.py": "",
        f"{place}/__init__.py": "",
        f"{place}/run.py": RUN.substitute(told),
        f"{place}/figures.py": FIGURES.substitute(told),
        f"{place}/experiment.py": EXPERIMENT.substitute(told),
        f"tests/entries/test_{folder}_{name}.py": TEST.substitute(told),
    }
    for number, slug in enumerate(slugs, 1):
        title = slug.replace("-", " ").capitalize()
        text = ENTRY.substitute(told, title=title, scale=f"{1 + number / 10:.1f}")
        written[f"glossary/entries/{chapter}/{slug}.md"] = text
    return written


def write(family: str, slugs: list[str], root: Path = ROOT) -> list[str]:
    """Writes them where nothing stands yet; the paths. Raises CannotWrite before it writes anything."""
    wanted = files(family, slugs)
    there = [path for path, text in wanted.items() if text and (root / path).exists()]
    if there:
        raise CannotWrite(f"{', '.join(there)}: is there already")
    for path, text in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if not (root / path).exists():
            (root / path).write_text(text, encoding="utf-8")
    return list(wanted)
