"""What a workload is: data, and one method for each engine that can do the job."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np

__all__ = ["Array", "Call", "Shared", "Workload", "count", "tensor"]

Call = Callable[[], Any]
Array = np.ndarray[Any, Any]


class Workload:
    """One job over data made once.

    A method named after an engine's package returns what is timed: a call without arguments. An
    engine without such a method does not have the metric.
    """

    title: str
    # The function of lstmetrics.metrics that does it; None for models.
    function: str | None = None
    # How far results of other engines may be from ours: most compute in float32.
    tolerance = 1e-4

    def __init__(self, size: int) -> None:
        self.size = size

    @cached_property
    def rng(self) -> np.random.Generator:
        """Random numbers that are the same in every run."""
        return np.random.default_rng(7)

    @property
    def read(self) -> tuple[Array, ...]:
        """The arrays that have to be read at least once."""
        return ()

    @property
    def bytes(self) -> int:
        """How much has to be read at least."""
        return sum(array.nbytes for array in self.read)

    @property
    def operations(self) -> int:
        """How many floating-point operations it takes; 0 where memory is what limits."""
        return 0

    @property
    def name(self) -> str:
        """The title with the size."""
        return f"{self.title}, {count(self.size)}"

    def call(self, package: str) -> Call | None:
        """Return what an engine is to be timed with; None if it lacks the metric."""
        made = getattr(self, package, None)
        return None if made is None else made()

    def lstmetrics(self) -> Call:
        """Return our own call: the function, over the arrays that are read."""
        from lstmetrics import metrics

        return partial(getattr(metrics, str(self.function)), *self.read, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments of our function, and scikit-learn's."""
        return {}


class Shared(Workload):
    """A workload whose function scikit-learn has too, with the same name and arguments."""

    def sklearn(self) -> Call:
        """Return scikit-learn's call."""
        from sklearn import metrics

        return partial(getattr(metrics, str(self.function)), *self.read, **self.options)


def tensor(array: Array) -> Any:
    """Return the same memory as torch sees it."""
    import torch

    return torch.from_numpy(array)


def count(number: int) -> str:
    """Return a number as tables show it."""
    digits = len(str(number)) - 1
    return f"10^{digits}" if digits >= 4 and number == 10**digits else f"{number:,}"
