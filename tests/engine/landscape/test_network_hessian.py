"""Products with the Hessian, and the ends of its spectrum, against the whole matrix of a tiny network."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.func import functional_call

from engine import RangeError, ShapeError
from engine.landscape.directions import flat
from engine.landscape.network_hessian import NetworkHessian, extreme_eigenvalues
from engine.landscape.network_loss import unflattened
from tests.engine.landscape.tiny_net import COUNT, examples, tiny_net


def dense(net, x, y, weights=None):
    """Return the Hessian (P, P) by torch's own way."""

    def loss(vector):
        return F.cross_entropy(functional_call(net, unflattened(net, vector), (x,)), y)

    return torch.autograd.functional.hessian(loss, flat(net) if weights is None else weights).numpy()


def spectrum_of(*values):
    """Return the products of a diagonal matrix."""
    diagonal = np.array(values, float)
    return lambda vector: diagonal * vector


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_product_is_that_of_the_whole_matrix(seed, rng):
    net, (x, y) = tiny_net(seed), examples()
    hessian, vector = NetworkHessian(net, x, y), rng.normal(size=COUNT)
    np.testing.assert_allclose(hessian.product(vector), dense(net, x, y) @ vector, rtol=1e-10, atol=1e-12)


def test_a_product_is_the_change_of_the_gradient(rng):
    net, (x, y) = tiny_net(), examples()
    vector, step = rng.normal(size=COUNT), 1e-5
    ends = [NetworkHessian(net, x, y, weights=flat(net) + side * step * torch.tensor(vector)) for side in (1, -1)]
    change = (ends[0].gradient - ends[1].gradient) / (2 * step)
    np.testing.assert_allclose(NetworkHessian(net, x, y).product(vector), change, atol=1e-7)
    assert NetworkHessian(net, x, y).loss == pytest.approx(F.cross_entropy(net(x), y).item(), rel=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_both_ends_of_the_spectrum_are_those_of_the_whole_matrix(seed):
    net, (x, y) = tiny_net(seed), examples()
    values = np.linalg.eigvalsh(dense(net, x, y))
    found = extreme_eigenvalues(NetworkHessian(net, x, y).product, COUNT, top=4, bottom=3, tolerance=1e-9)
    np.testing.assert_allclose(found.largest, values[::-1][:4], rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(found.smallest, values[:3], rtol=1e-8, atol=1e-14)
    assert found.smallest[0] < 0 < found.largest[0]


def test_a_diagonal_matrix_by_hand():
    found = extreme_eigenvalues(spectrum_of(5, -3, 1, 0, 2), 5, top=2, bottom=1)
    np.testing.assert_allclose(found.largest, [5, 2], atol=1e-12)
    np.testing.assert_allclose(found.smallest, [-3], atol=1e-12)


def test_an_eigenvalue_that_is_there_several_times_does_not_end_the_search_early():
    # from any vector the products span 2 dimensions only: what is missing is looked for from another one
    found = extreme_eigenvalues(spectrum_of(1, 1, 1, 4), 4, top=4, bottom=0)
    np.testing.assert_allclose(found.largest, [4, 1, 1, 1], atol=1e-12)
    assert found.products == 4


def test_the_bounds_hold_also_where_the_search_ends_too_early():
    values = np.linspace(-1, 3, 300) ** 3
    found = extreme_eigenvalues(spectrum_of(*values), 300, top=3, bottom=2, most=12)
    assert found.products == 12
    for value, bound in zip(
        [*found.largest, *found.smallest], [*found.largest_bounds, *found.smallest_bounds], strict=True
    ):
        assert 0 < abs(values - value).min() <= bound
    assert not found.within(1e-3)


def test_it_ends_as_soon_as_all_that_are_wanted_are_near_enough():
    values = [100, 60, *np.linspace(-0.1, 0.1, 400), -50]
    found = extreme_eigenvalues(spectrum_of(*values), len(values), top=2, bottom=1, tolerance=1e-6)
    assert found.products < 30
    assert found.within(1e-6)
    np.testing.assert_allclose([*found.largest, *found.smallest], [100, 60, -50], rtol=1e-6)


def test_what_does_not_fit_is_refused():
    net, (x, y) = tiny_net(), examples()
    with pytest.raises(ShapeError, match=rf"must have the length {COUNT}, got the shape \(4,\)"):
        NetworkHessian(net, x, y).product(np.ones(4))
    with pytest.raises(RangeError, match="a matrix of 3 rows has no 2 largest and 2 smallest eigenvalues besides"):
        extreme_eigenvalues(spectrum_of(1, 2, 3), 3, top=2, bottom=2)
