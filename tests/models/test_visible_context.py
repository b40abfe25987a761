"""The loss of a token when only the last few before it are given."""

import torch

from models.attention.masks import sliding_window_mask
from models.data import homes_asked_last
from models.language import visible_context
from models.language.visible_context import loss_of_last, reach
from models.seeding import generator, seeded
from models.transformer.decoder import Decoder, DecoderConfig
from tests.shape_comments import check_fields, shapes_checked

L, W = 2, 3
CONFIG = DecoderConfig(vocabulary=11, width=8, layers=L, heads=2, kv_heads=1, head_width=4, hidden=12, context=16)
IDS = torch.randint(11, (5, 10), generator=generator(0))


def test_it_is_the_loss_of_the_last_token_after_the_given_ones():
    model = seeded(lambda: Decoder(CONFIG), 0)
    with shapes_checked(visible_context, B=5, n=4, V=11) as watch:
        loss = loss_of_last(model, IDS, 4)
    assert watch.reached
    with torch.inference_mode():
        p = model(IDS[:, 5:9])[0][:, -1].softmax(dim=-1)
    torch.testing.assert_close(loss, -p[torch.arange(5), IDS[:, -1]].log())


def test_nothing_beyond_the_reach_of_a_window_changes_it():
    model = seeded(lambda: Decoder(CONFIG), 1)
    far = reach(L, W)
    assert far == 5
    within, beyond, short = (loss_of_last(model, IDS, given, W) for given in (far, far + 3, far - 1))
    torch.testing.assert_close(within, beyond)
    assert not torch.allclose(within, short)


def test_the_window_is_that_of_every_layer():
    model = seeded(lambda: Decoder(CONFIG), 2)
    with torch.inference_mode():
        logits = model(IDS[:, 1:9], mask=sliding_window_mask(8, W))[0][:, -1]
    torch.testing.assert_close(loss_of_last(model, IDS, 8, W), -logits.log_softmax(-1)[torch.arange(5), IDS[:, -1]])


def test_shape_comments():
    with shapes_checked(homes_asked_last, B=2, P=10, T=55) as watch:
        homes = homes_asked_last.homes_asked(2, 0)
        homes_asked_last.without_statement(homes, homes.asked)
    assert check_fields(homes, B=2, P=10, T=55) == 3
    assert watch.reached
    assert not watch.unreached()


def test_the_mean_of_some_texts():
    losses = torch.tensor([[1.0, 2.0, 6.0], [3.0, 3.0, 9.0]])
    assert visible_context.mean_among(losses, torch.tensor([1.0, 0.0, 1.0])).tolist() == [3.5, 6.0]
