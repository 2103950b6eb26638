"""The smallest GAN: one number g against one number d, for lesson 04.

The real data are the number 1, the generator puts out g, the critic is the line D(x) = d·x:

    L^D = d·g − d·1 + λ·(|d| − slope)²        L^G = −d·g

    path = play(Rules(rate=0.1, penalty=1.0))
"""

from dataclasses import dataclass

import numpy as np

RIGHT = 1.0  # where the generator belongs
START = (-1.0, 0.0)  # of g and d


@dataclass(frozen=True)
class Rules:
    """How the two numbers learn, by gradient descent.

    Attributes:
        rate: learning rate of both, above 0.
        n: the generator learns in every n-th iteration, the critic in each.
        penalty: λ of the penalty on the critic's slope, 0 for none.
        slope: what the penalty wants the slope to be: 1 in Eq. 1.
        turns: the critic first, and the generator answers the new critic (Algorithm 1); else both
            at once.
        falls: the rate falls to 0 in the second half.
    """

    rate: float = 0.1
    n: int = 1
    penalty: float = 0.0
    slope: float = 1.0
    turns: bool = True
    falls: bool = False


def play(rules: Rules, iterations: int = 300, start: tuple[float, float] = START) -> np.ndarray:
    """(g, d) at the start and after each iteration, (iterations + 1, 2).

    >>> path = play(Rules(penalty=1.0, slope=0.0))
    >>> [round(float(number), 3) for number in path[-1]]  # it ends where it belongs
    [1.0, 0.0]
    """
    g, d = start
    path = [start]
    for t in range(1, iterations + 1):
        late = max(0.0, 2 * (t - 1) / iterations - 1) if rules.falls else 0.0
        rate = rules.rate * (1 - late)
        before = d
        d = d + rate * pull_on_critic(rules, g, d)
        if t % rules.n == 0:
            g = g + rate * (d if rules.turns else before)
        path.append((g, d))
    return np.array(path)


def pull_on_critic(rules: Rules, g: float, d: float) -> float:
    """−∂L^D/∂d, where a step leads the critic; the generator's, −∂L^G/∂g, is d itself."""
    return -(g - RIGHT + 2 * rules.penalty * (abs(d) - rules.slope) * np.sign(d))


def distance(path: np.ndarray, last: int = 30) -> float:
    """How far g is from where it belongs, at most, in the last iterations of a path."""
    return float(np.abs(path[-last:, 0] - RIGHT).max())
