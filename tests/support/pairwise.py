"""Random configurations that cover every pair of choices."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping
from typing import Any, Dict  # noqa: UP035 (old versions of Keras run on Python 3.7)

Options = Dict[str, Any]  # noqa: UP006
_CANDIDATES = 30


class Pairwise:
    """Draws configurations.

    Parameters
    ----------
    choices : mapping
        The values of each option.
    """

    def __init__(self, choices: Mapping[str, list[Any]]) -> None:
        self._choices = choices
        self._every = {
            (a, x, b, y)
            for a, b in itertools.combinations(choices, 2)
            for x in choices[a]
            for y in choices[b]
        }

    def draw(self, count: int, seed: int) -> list[Options]:
        """Draw some; each is the one of several that covers most pairs not covered yet."""
        generator = random.Random(seed)
        missing = set(self._every)
        drawn: list[Options] = []
        for index in range(count):
            candidates = [
                {name: generator.choice(values) for name, values in self._choices.items()}
                for _ in range(_CANDIDATES)
            ]
            best = max(candidates, key=lambda one: len(missing & _pairs(one)))
            missing -= _pairs(best)
            drawn.append({**best, "seed": seed * 100_000 + index})
        return drawn

    def uncovered(self, drawn: Iterable[Options]) -> int:
        """Return how many pairs of choices no configuration has."""
        return len(self._every.difference(*map(_pairs, drawn)))


def _pairs(options: Options) -> set[Any]:
    names = [name for name in options if name != "seed"]
    return {(a, options[a], b, options[b]) for a, b in itertools.combinations(names, 2)}
