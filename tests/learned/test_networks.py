import numpy as np
import pytest
import torch

from jnd.learned.cnn import Cnn, CnnOptions, first_filters, opponent
from jnd.learned.curves import COMPONENTS
from jnd.learned.lstm import LstmCell
from jnd.learned.recurrence import LevelOptions, LevelSequence, PatchSequence, RecurrentOptions
from jnd.learned.rnn import RnnCell

SMALL = {"patches": 3, "patch_size": 16, "filters": 4, "width": 6, "dropout": 0.0}


def patches(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 255


NETWORKS = {
    "energy": lambda: Cnn(CnnOptions(**SMALL), 2),
    "plain": lambda: Cnn(CnnOptions(**SMALL, backbone="plain"), 2),
    "rnn": lambda: PatchSequence(RecurrentOptions(**SMALL, hidden=5), RnnCell(6, 5), 2),
    "lstm": lambda: PatchSequence(RecurrentOptions(**SMALL, hidden=5), LstmCell(6, 5), 2),
}


@pytest.fixture(params=NETWORKS)
def network(request):
    return NETWORKS[request.param]()


class TestEveryCurveNetwork:
    def test_gives_parameters_of_each_codec(self, network):
        parameters, features = network(patches(2, 3, 16, 16, 3))
        assert parameters.shape == (2, 2, COMPONENTS + 1)
        assert features.shape[0] == 2

    def test_gradients_reach_every_weight_and_are_finite(self, network):
        network.train()
        parameters, _ = network(patches(2, 3, 16, 16, 3))
        parameters.square().sum().backward()
        for weight_name, weight in network.named_parameters():
            assert weight.grad is not None, weight_name
            assert torch.isfinite(weight.grad).all(), weight_name

    def test_a_flat_picture_gives_finite_numbers(self, network):
        network.eval()
        parameters, _ = network(torch.full((1, 3, 16, 16, 3), 128.0))
        assert torch.isfinite(parameters).all()


def test_pooling_does_not_hang_on_the_order_of_patches():
    network = Cnn(CnnOptions(**SMALL), 2).eval()
    given = patches(1, 3, 16, 16, 3)
    torch.testing.assert_close(network(given)[0], network(given[:, [2, 0, 1]])[0])


def test_grey_has_no_colour_and_black_and_white_are_half_a_unit_from_the_middle():
    planes = opponent(torch.tensor([0.0, 255.0]).reshape(2, 1, 1, 1).expand(2, 2, 2, 3))
    torch.testing.assert_close(planes[:, 0, 0, 0], torch.tensor([-0.5, 0.5]))
    torch.testing.assert_close(planes[:, 1:], torch.zeros(2, 2, 2, 2))


def test_first_filters_are_blind_to_uniform_light_and_have_unit_energy():
    filters = first_filters(16)
    np.testing.assert_allclose(filters.sum(axis=(2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose((filters**2).sum(axis=(1, 2, 3)), 1, rtol=1e-6)


@pytest.mark.parametrize("cell", [RnnCell, LstmCell])
def test_level_reading_is_monotone_by_construction(cell):
    options = LevelOptions(patches=2, patch_size=16, levels=6, filters=4, width=6, hidden=5)
    network = LevelSequence(options, cell(6, 5)).eval()
    noticed = network(patches(2, 2, 16, 16, 3), patches(2, 6, 2, 16, 16, 3, seed=1))
    assert noticed.shape == (2, 6)
    assert (noticed.diff(dim=1) >= 0).all()
    assert ((noticed >= 0) & (noticed <= 1)).all()
