"""Why saddles are everywhere: what a level point is as the dimension n grows, by theory and by drawing at random.

Two models of the Hessian H at a level point, both made of M, a symmetric matrix of independent normal numbers with
variance 1 off the diagonal and 2 on it (the Gaussian orthogonal ensemble, GOE):

- H = M: a level point that is as likely to be high as low. All eigenvalues are above 0 with a probability that falls
  like exp(-n^2 log(3) / 4), faster than n coins that all show heads, because eigenvalues repel one another.
- H = M - h I at height h of a random landscape, the Gaussian field with covariance exp(-distance^2 / 2): value and
  Hessian there are normal, cov(f, f_ij) = -[i = j], and what is left of the Hessian once f = h is known is M. Among its
  level points (not places) each counts |det H|-fold (Kac & Rice). The higher, the more directions go down.

Sources: Dauphin et al. 2014 (arXiv:1406.2572); Bray & Dean 2007 (cond-mat/0611023); Dean & Majumdar 2006
(cond-mat/0609651).
"""

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError
from engine.geometry import whole
from engine.landscape.bounded import ANY, bounded

Floats = NDArray[np.float64]

LARGEST_EXACT = 20  # dimensions for which the exact share is computed
LARGEST = 400  # dimensions: above, matrices are too large for a page
MOST = 2**26  # numbers drawn for one answer
AT_ONCE = 2**20  # numbers whose eigenvalues are computed together
DIGITS = 120  # the sums of the exact share cancel


class Estimate(NamedTuple):
    """A mean of random draws, and its standard error."""

    value: float
    error: float


def random_hessians(n: int, samples: int, rng: np.random.Generator) -> Floats:
    """Return symmetric matrices (samples, n, n): variance 1 off the diagonal, 2 on it."""
    numbers = rng.standard_normal((samples, n, n))
    return np.asarray((numbers + numbers.transpose(0, 2, 1)) / math.sqrt(2))


def coin_share(n: int) -> float:
    """Return 2^-n: the share of minima if every eigenvalue tossed a coin of its own."""
    return float(0.5 ** _dimension(n))


def minima_share(n: int) -> float:
    """Return the exact probability that all eigenvalues of a random symmetric n x n matrix are above 0, n up to 20.

    1/2, (2 - sqrt 2) / 4, (pi - 2 sqrt 2) / (4 pi), ...: the integral of the joint density of the eigenvalues over
    positive numbers is n! times a Pfaffian (de Bruijn 1955), over all numbers it is Mehta's.
    """
    if _dimension(n) > LARGEST_EXACT:
        raise RangeError("the exact share is known here up to {most} dimensions, got {got}", most=LARGEST_EXACT, got=n)
    with localcontext() as context:
        context.prec = DIGITS
        everywhere = (2 * _pi()) ** (Decimal(n) / 2)
        for j in range(1, n + 1):
            everywhere *= _gamma_of_half(j + 2) / _gamma_of_half(3)
        return float(math.factorial(n) * _determinant(_pairings(n)).sqrt() / everywhere)


def minima_share_limit(n: int) -> float:
    """Return exp(-n^2 log(3) / 4), how the exact share falls in high dimension, but for slower factors."""
    return math.exp(-(_dimension(n) ** 2) * math.log(3) / 4)


def drawn_minima_share(n: int, samples: int = 10_000, seed: int = 0) -> Estimate:
    """Return the share of random symmetric matrices whose eigenvalues are all above 0."""
    minima = drawn_eigenvalues(n, samples, seed)[:, 0] > 0
    share = float(minima.mean())
    return Estimate(share, math.sqrt(max(share * (1 - share), 1 / len(minima)) / len(minima)))


def index_law(height: float) -> float:
    """Return the share of directions that go down at a level point of the field, in the limit of high dimension.

    1/2 + (u sqrt(1 - u^2) + arcsin u) / pi,  u = height / 2 kept from -1 to 1

    height   f / sqrt(n), in standard deviations of f
    The eigenvalues of M fill Wigner's semicircle of radius 2 sqrt n; those below h go down.
    """
    u = min(max(bounded("height", height, ANY) / 2, -1.0), 1.0)
    return 0.5 + (u * math.sqrt(1 - u * u) + math.asin(u)) / math.pi


def drawn_index(n: int, height: float, samples: int = 1000, seed: int = 0) -> Estimate:
    """Return the mean share of directions that go down among level points of the field at a height (f / sqrt n)."""
    return drawn_indices(n, (height,), samples, seed)[0]


def drawn_indices(n: int, heights: Sequence[float], samples: int = 1000, seed: int = 0) -> list[Estimate]:
    """Return the same for many heights, all from one draw of matrices."""
    root = math.sqrt(_dimension(n))
    places = [bounded("height", height, ANY) * root for height in heights]
    values = drawn_eigenvalues(n, samples, seed)
    return [_weighted((values < h).mean(1), np.log(abs(values - h)).sum(1)) for h in places]


def drawn_field_shares(n: int, samples: int = 10_000, seed: int = 0) -> list[Estimate]:
    """Return, for k = 0 to n, the share of level points of the field at which k directions go down; k = 0 are minima.

    share of k = E exp(-l_k^2 / 4) / sum over j of E exp(-l_j^2 / 4),  l_0 <= ... <= l_n the eigenvalues of n + 1 rows:
    the density of those of M at n x n and a height h among them, times |det(M - h I)|, is the density of n + 1 such
    eigenvalues, but for exp(-h^2 / 4) (Fyodorov 2004, cond-mat/0401287; Auffinger, Ben Arous & Cerny 2013). So every
    eigenvalue is the height of a level point, with as many ways down as there are eigenvalues below it. Weighing each
    matrix by its determinant says the same, but in fifty dimensions one draw then outweighs all others.

    In one dimension half are minima, in two a quarter, in three (29 sqrt 15 - 18 sqrt 10) / (116 sqrt 15) = 12.3 %
    (Bardeen, Bond, Kaiser & Szalay 1986).
    """
    heights = drawn_eigenvalues(_dimension(n) + 1, samples, seed)
    counts = np.exp(-(heights**2) / 4)
    total = counts.sum(1)
    shares = counts.mean(0) / total.mean()
    errors = np.sqrt(((counts - shares * total[:, None]) ** 2).mean(0) / len(counts)) / total.mean()
    return [Estimate(share, error) for share, error in zip(shares.tolist(), errors.tolist(), strict=True)]


def _weighted(numbers: Floats, logs: Floats) -> Estimate:
    """Return the mean of numbers, each weighing exp(log), and the error of this quotient of two means."""
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    mean = float(weights @ numbers)
    return Estimate(mean, float(np.sqrt((weights**2 * (numbers - mean) ** 2).sum())))


def drawn_eigenvalues(n: int, samples: int = 1000, seed: int = 0) -> Floats:
    """Return the eigenvalues of random symmetric matrices M, ascending, (samples, n)."""
    count, rng = _samples(n, samples), np.random.default_rng(whole(seed, "seed", minimum=0))
    together = max(AT_ONCE // (n * n), 1)
    sizes = [min(together, count - first) for first in range(0, count, together)]
    return np.concatenate([np.linalg.eigvalsh(random_hessians(n, size, rng)) for size in sizes])


def _dimension(n: object) -> int:
    number = whole(n, "n", minimum=1)
    if number > LARGEST:
        raise RangeError("n must be at most {most}, got {got}", most=LARGEST, got=number)
    return number


def _samples(n: int, samples: object) -> int:
    count = whole(samples, "samples", minimum=1)
    if count * _dimension(n) ** 2 > MOST:
        raise RangeError(
            "{samples} matrices of {n} x {n} are too many; at most {most}",
            samples=count,
            n=n,
            most=MOST // n**2,
        )
    return count


def _pairings(n: int) -> list[list[Decimal]]:
    """Return the antisymmetric matrix of de Bruijn's formula, whose Pfaffian's square is its determinant.

    a_jk = I(j, k) - I(k, j),  I(j, k) = integral over 0 < x < y of x^j y^k exp(-(x^2 + y^2) / 2);

    for odd n there is one row and column more, the integrals of x^j exp(-x^2 / 2).
    """
    table = _pair_integrals(n)
    rows = [[table[j][k] - table[k][j] for k in range(n)] for j in range(n)]
    if n % 2:
        single = [2 ** (Decimal(j - 1) / 2) * _gamma_of_half(j + 1) for j in range(n)]
        rows = [[*row, one] for row, one in zip(rows, single, strict=True)]
        rows.append([*(-one for one in single), Decimal(0)])
    return rows


def _pair_integrals(n: int) -> list[list[Decimal]]:
    """Return I(j, k), by parts:  I(j, k) = Gamma((j + k) / 2) / 2 + (k - 1) I(j, k - 2)  for k > 0, and

    I(j, 0) = (j - 1) I(j - 2, 0) - Gamma(j / 2) / 2,  from  I(0, 0) = pi / 4,  I(1, 0) = sqrt(pi / 2) - sqrt(pi) / 2
    """
    table = [[Decimal(0)] * n for _ in range(n)]
    for j in range(n):
        if j == 0:
            table[j][0] = _pi() / 4
        elif j == 1:
            table[j][0] = (_pi() / 2).sqrt() - _pi().sqrt() / 2
        else:
            table[j][0] = (j - 1) * table[j - 2][0] - _gamma_of_half(j) / 2
        for k in range(1, n):
            table[j][k] = _gamma_of_half(j + k) / 2 + ((k - 1) * table[j][k - 2] if k > 1 else 0)
    return table


@cache
def _gamma_of_half(twice: int) -> Decimal:
    """Return Gamma(twice / 2), to the digits in use when it is first asked for: always DIGITS."""
    value, at = (Decimal(1), 2) if twice % 2 == 0 else (_pi().sqrt(), 1)
    for step in range(at, twice, 2):
        value *= Decimal(step) / 2
    return value


@cache
def _pi() -> Decimal:
    """Return pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin 1706) to the digits in use."""

    def arctan_of_inverse(m: int) -> Decimal:
        total, power, k = Decimal(0), Decimal(1) / m, 0
        while abs(power) > Decimal(10) ** -(DIGITS + 2):
            total += (-1) ** k * power / (2 * k + 1)
            power, k = power / (m * m), k + 1
        return total

    return 16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)


def _determinant(rows: list[list[Decimal]]) -> Decimal:
    """Return the determinant, by elimination."""
    rows, product = [row.copy() for row in rows], Decimal(1)
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        product *= rows[k][k] if pivot == k else -rows[k][k]
        for row in rows[k + 1 :]:
            factor = row[k] / rows[k][k]
            row[k:] = [a - factor * b for a, b in zip(row[k:], rows[k][k:], strict=True)]
    return product
