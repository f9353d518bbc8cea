"""Random draws that come out the same on every platform and numpy version."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draws:
    """A stream of draws for one family of tables.

    Only uniform doubles are taken from the generator; everything else is made of them by
    sums, products and comparisons. No logarithm or exponential takes part, so that neither
    the math library nor a change in numpy's samplers can change a byte of a folder.

    Parameters
    ----------
    seed, schools
        What the user asked for; both are part of the stream's seed.
    family
        Name of the tables that the stream is for, so that one more draw in one family
        leaves the others as they were.
    """

    def __init__(self, seed: int, *, schools: int, family: str) -> None:
        sequence = np.random.SeedSequence([seed, schools, *family.encode()])
        self._generator = np.random.Generator(np.random.PCG64(sequence))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Draw evenly from low to high."""
        return low + (high - low) * float(self._generator.random())

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number evenly from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def bell(self, mean: float, sd: float) -> float:
        """Draw from nearly a normal distribution: twelve uniform draws, summed."""
        total = 0.0
        for _ in range(12):
            total += self.uniform()
        return mean + sd * (total - 6.0)

    def chance(self, share: float) -> bool:
        """Say yes in ``share`` of the draws."""
        return self.uniform() < share

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of the options, each as likely."""
        return options[self.integer(0, len(options) - 1)]

    def weighted(self, options: Mapping[T, float]) -> T:
        """Draw one of the keys in proportion to its weight."""
        left = self.uniform(0.0, sum(options.values()))
        chosen = next(iter(options))
        for option, weight in options.items():
            chosen = option
            left -= weight
            if left < 0:
                break
        return chosen

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Give the items in random order (Fisher and Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self.integer(0, last)
            result[last], result[other] = result[other], result[last]
        return result


def interpolate(knots: Sequence[float], share: float) -> float:
    """Read a table of evenly spaced quantiles at ``share`` (0 to 1), linear between them."""
    place = min(max(share, 0.0), 1.0) * (len(knots) - 1)
    left = min(int(place), len(knots) - 2)
    return knots[left] + (knots[left + 1] - knots[left]) * (place - left)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to the weights, summing exactly (largest remainder)."""
    scale = sum(weights)
    exact = [total * weight / scale for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
