"""The exact search against trying every text, and against beam search."""

from itertools import product

import pytest
import torch

from models.language import exact_search
from models.language.beam_search_batch import search
from models.language.exact_search import likeliest
from models.language.generation import Hypothesis
from models.seeding import seeded
from models.transformer.decoder import Decoder, DecoderConfig
from tests.parity.weights import redraw
from tests.shape_comments import shapes_checked

V, STEPS = 7, 4


@pytest.fixture(scope="module")
def model() -> Decoder:
    config = DecoderConfig(vocabulary=V, width=8, layers=1, heads=2, kv_heads=2, head_width=4, hidden=12, context=16)
    made = seeded(lambda: Decoder(config), 0)
    redraw(made, 1)
    return made.eval().requires_grad_(False)


def log_probability(model: Decoder, ids: torch.Tensor, text: tuple[int, ...]) -> float:
    whole = torch.cat([ids, torch.tensor(text)])[None]
    log_p = model(whole[:, :-1])[0].log_softmax(dim=-1)
    return log_p[0, range(len(ids) - 1, whole.shape[1] - 1), list(text)].sum().item()


@pytest.mark.parametrize("banned", [None, 3])
@pytest.mark.parametrize("prompt", [(0,), (2, 5)])
def test_it_is_the_best_of_all_texts(model, prompt, banned):
    ids = torch.tensor(prompt)
    every = [text for text in product(range(V), repeat=STEPS) if banned not in text]
    best = max(every, key=lambda text: log_probability(model, ids, text))
    known = next(text for text in every if banned not in text)
    found = likeliest(model, ids, Hypothesis(known, log_probability(model, ids, known)), banned, most=V**STEPS)
    assert found.best.tokens == best
    assert found.best.log_probability == pytest.approx(log_probability(model, ids, best), abs=1e-4)


def test_a_better_bound_keeps_fewer_beginnings_and_too_many_are_given_up(model):
    ids = torch.tensor([1])
    greedy, beam = (search(model, ids[None], width, STEPS)[0].best() for width in (1, 5))
    wide, narrow = (likeliest(model, ids, known, most=V**STEPS) for known in (greedy, beam))
    assert wide.best.tokens == narrow.best.tokens
    assert sum(narrow.kept) <= sum(wide.kept)
    assert max(narrow.kept) <= torch.tensor(-beam.log_probability).exp() + 1
    assert likeliest(model, ids, greedy._replace(log_probability=-50.0), most=20) is None


def test_its_shape_comments_are_true(model):
    with shapes_checked(exact_search, T=1, V=V) as watch:
        likeliest(model, torch.tensor([1]), Hypothesis((0, 0), -9.0), most=V**STEPS)
    assert watch.reached
    assert not watch.unreached()
