import pytest
import torch

from models.language.loss_by_length import BIN, SCHEMES, TRAINED, binned, losses, recorded, scheme_model, texts


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_the_same_seed_draws_the_same_texts():
    assert torch.equal(texts(3, 2, 50), texts(3, 2, 50))
    assert not torch.equal(texts(3, 2, 50), texts(4, 2, 50))
    assert texts(3, 2, 50).shape == (2, 50)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_record_is_what_the_checkpoint_does_on_the_same_texts(scheme):
    ids = texts(0, 96, 512, "recorded curves")[:, : TRAINED + 1]
    read = torch.cat([losses(scheme_model(scheme), part) for part in ids.split(16)])
    found = binned(read)[: TRAINED // BIN]
    torch.testing.assert_close(found, torch.tensor(recorded().whole[scheme][: TRAINED // BIN]), atol=2e-3, rtol=0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sight_cut_to_the_trained_length_changes_nothing_inside_it(scheme):
    ids = texts(1, 2, 96)
    whole, cut = (losses(scheme_model(scheme), ids, sight) for sight in (None, TRAINED))
    torch.testing.assert_close(whole[:, :TRAINED], cut[:, :TRAINED])
    assert not torch.equal(whole[:, TRAINED:], cut[:, TRAINED:])
