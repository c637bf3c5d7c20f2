"""What all streaming classes share: the state lives in the core, Python only forwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError
from lstmetrics.streaming._interval import Interval, Ways, interval_of, replicate_values

__all__ = ["State", "Streaming"]

Floats = npt.NDArray[np.float64]


class State(Protocol):
    """What the core gives every state."""

    def merge(self, other: Any) -> None: ...
    def copy(self) -> Any: ...
    def reset(self) -> None: ...
    def to_bytes(self) -> bytes: ...
    def digest(self) -> str: ...
    def __sizeof__(self) -> int: ...


class Streaming:
    """A metric fed batch by batch; instances merge, and the order never shows.

    Merging is exact: any way of cutting the data into batches and shards, fed and merged in any
    order on any number of threads or machines, ends in the same state, byte for byte. An update is
    all or nothing: input that is refused leaves the state as it was.
    """

    _state: State
    _kind: ClassVar[Any]
    _intervals: ClassVar[Ways] = {}

    __slots__ = ("_state",)
    __hash__ = None  # type: ignore[assignment]  # mutable

    @classmethod
    def _holding(cls, state: Any) -> Self:
        instance = cls.__new__(cls)
        instance._state = state
        return instance

    def _same_kind(self, other: object) -> Any:
        if type(other) is not type(self):
            raise InvalidTypeError(
                f"can only merge {type(self).__name__} with its own kind, "
                f"got {type(other).__name__}"
            )
        return other._state

    def merge(self, other: Self) -> Self:
        """Add everything `other` has seen to this instance.

        Parameters
        ----------
        other : same class
            Left as it is. Merging an instance with itself doubles it.

        Returns
        -------
        self

        Raises
        ------
        MergeError
            If the parameters differ; both sides stay as they were.
        """
        self._state.merge(self._same_kind(other))
        return self

    def __add__(self, other: object) -> Self:
        """Return a new instance that has seen what both have."""
        if type(other) is not type(self):
            return NotImplemented
        return self.copy().merge(other)

    def __iadd__(self, other: object) -> Self:
        """Merge `other` into this instance."""
        if type(other) is not type(self):
            return NotImplemented
        return self.merge(other)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same parameters and have seen the same."""
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._state == other._state)

    def reset(self) -> Self:
        """Forget everything seen and keep the parameters.

        Returns
        -------
        self
        """
        self._state.reset()
        return self

    def copy(self) -> Self:
        """Return an independent copy."""
        return self._holding(self._state.copy())

    def __copy__(self) -> Self:
        return self.copy()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.copy()

    def to_bytes(self) -> bytes:
        """Serialise to bytes: little-endian, canonical, with a checksum.

        Returns
        -------
        bytes
            Equal states give equal bytes on every platform, and every later version reads them.
        """
        return self._state.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Restore what :meth:`to_bytes` made.

        Parameters
        ----------
        data : bytes

        Returns
        -------
        Same class

        Raises
        ------
        FormatError
            If the bytes are truncated, altered, of another class, or of a newer version.
        """
        if not isinstance(data, bytes):
            raise InvalidTypeError(f"data must be bytes, got {type(data).__name__}")
        return cls._holding(cls._kind.from_bytes(data))

    def digest(self) -> str:
        """Return the SHA-256 of the state, in hexadecimal.

        It covers the content and the version of the numeric contract, not the library's version:
        two jobs with the same digest have computed the same thing.
        """
        return self._state.digest()

    def interval(
        self,
        metric: str | Callable[[Self], float],
        level: float = 0.95,
        *,
        method: str | None = None,
        seed: int = 0,
        replicates: int = 1000,
        **options: Any,
    ) -> Interval:
        """Return a confidence interval of a metric.

        Parameters
        ----------
        metric : str or callable
            The name of a method, such as "accuracy"; or, of states that have a bootstrap, any
            function of an instance that gives a number.
        level : float, default=0.95
            The confidence level, between 0 and 1.
        method : str, default=None
            - "wilson": Wilson's score interval, the default for a proportion of samples that were
              counted without weights: accuracy, precision or recall of one label, token accuracy.
            - "normal": the mean loss, give or take normal quantiles of its standard error from
              exact second moments, samples counting as independent; what is computed from a mean,
              such as perplexity, has the bounds that come of the mean's.
            - "bootstrap": bounds are percentiles over replicates of the state, in which every cell
              has a Poisson number of samples with the cell's count as its mean. The draw depends on
              the seed, the number of the replicate and the cell's labels alone. A cell's weight is
              multiplied by drawn / count. Labels that were not declared are those drawn.

            None takes the first that fits.
        seed : int, default=0
            Of the bootstrap: the same seed and state give the same bits everywhere.
        replicates : int, default=1000
            Of the bootstrap. With B of them the bounds are the order statistics of ranks r and
            B + 1 - r, r being ``floor((1 - level) / 2 * (B + 1))`` and at least 1. Replicates for
            which the metric is NaN are left out.
        **options
            Arguments of the metric: ``average="macro"``, ``pos_label="spam"``.

        Returns
        -------
        Interval

        Raises
        ------
        InvalidParameterError
            For an unknown metric or method, a level outside (0, 1), and metrics that give more
            than one number.
        UnsupportedError
            If the method is not for these options and weights.
        """
        return interval_of(self.copy(), metric, level, method, seed, replicates, options)

    def _measure(
        self, metric: str | Callable[[Any], float], options: dict[str, Any]
    ) -> Callable[[Any], float]:
        """Return what computes a metric of an instance such as this one, or of a replicate."""
        if callable(metric):
            return metric
        return lambda instance: getattr(instance, metric)(**options)

    def _replicate_values(
        self, measure: Callable[[Any], float], seed: int, replicates: int
    ) -> Floats:
        """Return the value of what `_measure` made for each replicate of the bootstrap."""
        return replicate_values(self._replicates, measure, seed, replicates)

    def _replicates(self, seed: int, first: int, count: int) -> list[Any]:
        """Return replicates of the bootstrap, as instances that have the metrics."""
        drawn: list[Any] = self._state.replicates(seed, first, count)  # type: ignore[attr-defined]
        return [self._holding(state) for state in drawn]

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        """Pickle by the same bytes as :meth:`to_bytes`."""
        return type(self).from_bytes, (self.to_bytes(),)

    def __sizeof__(self) -> int:
        """Bytes held, those of the core included."""
        return object.__sizeof__(self) + self._state.__sizeof__()
