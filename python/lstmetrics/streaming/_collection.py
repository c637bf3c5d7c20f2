"""Several states fed with the same batches."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

from lstmetrics.errors import (
    FormatError,
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    MergeError,
)
from lstmetrics.metrics._columns import as_column
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._interval import Interval
from lstmetrics.streaming._members import Members

__all__ = ["Collection"]


class _Members(Members):
    """A fixed set of states by name."""

    name = "Collection"

    __slots__ = ()

    def holding(self, members: Mapping[str, Streaming]) -> _Members:
        return _Members(members)

    def reset(self) -> None:
        with self._lock:
            self._members = {name: m.copy().reset() for name, m in self._members.items()}

    def parameters(self) -> bytes:
        return b""

    def named(self) -> dict[bytes, Streaming]:
        return {name.encode(): member for name, member in self.snapshot().items()}

    def check(self, other: _Members) -> None:
        own, others = self.snapshot(), other.snapshot()
        if own.keys() != others.keys():
            raise MergeError(
                f"a Collection of {sorted(own)} cannot be merged with one of {sorted(others)}"
            )
        for name, member in own.items():
            if type(member) is not type(others[name]):
                raise MergeError(
                    f"{name!r} is a {type(member).__name__} in one Collection and a "
                    f"{type(others[name]).__name__} in the other"
                )

    @classmethod
    def from_bytes(cls, data: bytes) -> _Members:
        """Restore what :meth:`to_bytes` made; FormatError for anything else."""
        parameters, named = cls.opened(data)
        try:
            members = {name.decode(): member for name, member in named.items()}
        except UnicodeDecodeError as error:
            raise FormatError(f"Collection: a name that is not UTF-8: {error}") from None
        if parameters or not members or not all(name.isidentifier() for name in members):
            raise FormatError("Collection: names that no state can have, or none")
        return cls(members)


class Collection(Streaming):
    """Several states that see the same batches, updated in one call.

    Parameters
    ----------
    members : mapping of str to streaming class
        The states by name; copies of them are kept. A name is one of Python's, such as ``errors``.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If there are none, a name is no identifier, or a member is no streaming instance.

    Examples
    --------
    >>> from lstmetrics.streaming import Collection, Confusion, Loss
    >>> both = Collection({"hits": Confusion([0, 1]), "loss": Loss("brier", [0, 1])})
    >>> batch = {"y_true": [0, 1, 1], "y_pred": [0, 1, 0], "y_proba": [0.25, 0.75, 0.5]}
    >>> both.update(**batch).names
    ['hits', 'loss']
    >>> results = both.compute()
    >>> results["hits.accuracy"], results["loss.brier"]
    (0.6666666666666666, 0.25)
    """

    _state: _Members
    _kind: ClassVar[type[_Members]] = _Members

    __slots__ = ()

    def __init__(self, members: Mapping[str, Streaming]) -> None:
        if not isinstance(members, Mapping) or not members:
            raise InvalidTypeError("members must be a mapping of names to states, not empty")
        for name, member in members.items():
            if not isinstance(name, str) or not name.isidentifier():
                raise InvalidValueError(f"the name of a state must be an identifier, got {name!r}")
            if not isinstance(member, Streaming):
                raise InvalidTypeError(f"{name} must be a streaming instance, got {member!r}")
        self._state = _Members({name: members[name].copy() for name in sorted(members)})

    def update(self, **arrays: Any) -> Self:
        """Add a batch to every state; all of it to all of them or, if one refuses, nothing.

        Parameters
        ----------
        **arrays
            The arguments of the states' own ``update``, by name: each state gets those that it has,
            ``y_true`` and ``sample_weight`` for example all that have them. Columns of other
            libraries are read once.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError
            If a state misses an argument, or no state has one that is given.
        LstmetricsError
            All that one of the states refuses.
        """
        members = self._state.snapshot()
        takes = {name: _arguments(member) for name, member in members.items()}
        unknown = [name for name in arrays if not any(name in taken for taken in takes.values())]
        if unknown:
            raise InvalidParameterError(f"Collection.update: no state takes {', '.join(unknown)}")
        given = {name: as_column(value, name) for name, value in arrays.items()}
        delta = {}
        for name, member in members.items():
            missing = [key for key, needed in takes[name].items() if needed and key not in given]
            if missing:
                raise InvalidParameterError(
                    f"Collection.update: {name}, a {type(member).__name__}, needs "
                    f"{', '.join(missing)}"
                )
            some = {key: value for key, value in given.items() if key in takes[name]}
            delta[name] = member.copy().reset()
            delta[name].update(**some)  # type: ignore[attr-defined]
        self._state.add(delta)
        return self

    @property
    def names(self) -> list[str]:
        """The names of the states, sorted."""
        return list(self._state.snapshot())

    def __getitem__(self, name: str) -> Streaming:
        """Return a copy of a state; KeyError for a name that there is not."""
        return self._state.snapshot()[name].copy()

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, sorted."""
        return iter(self.names)

    def __len__(self) -> int:
        """How many states there are."""
        return len(self._state.snapshot())

    def compute(self) -> dict[str, Any]:
        """Return the headline results of all states in one flat dict.

        Returns
        -------
        dict
            By ``state.metric``; the states of a :class:`Grouped` by ``state.group.metric``.
        """
        results: dict[str, Any] = {}
        for name, member in self._state.snapshot().items():
            results.update(_flat(name, member.compute()))  # type: ignore[attr-defined]
        return results

    def interval(
        self, metric: str | Callable[[Any], float], level: float = 0.95, **options: Any
    ) -> Interval:
        """Return a confidence interval of a metric of one state.

        Parameters
        ----------
        metric : str
            ``state.metric``, such as "hits.accuracy".
        level : float, default=0.95
            The confidence level, between 0 and 1.
        **options
            The other arguments of that state's ``interval``.

        Returns
        -------
        Interval

        Raises
        ------
        InvalidParameterError
            For an unknown state, and what that state refuses.
        """
        members = self._state.snapshot()
        name, dot, own = metric.partition(".") if isinstance(metric, str) else ("", "", "")
        if not dot or name not in members:
            raise InvalidParameterError(
                f"Collection.interval: metric must be 'state.metric' with a state of "
                f"{list(members)}, got {metric!r}"
            )
        return members[name].interval(own, level, **options)

    def __repr__(self) -> str:
        members = ", ".join(f"{name}={m!r}" for name, m in self._state.snapshot().items())
        return f"Collection({members})"


def _arguments(member: Streaming) -> dict[str, bool]:
    """Return what a state's update takes, and whether it must be given."""
    update = member.update  # type: ignore[attr-defined]
    return {
        name: parameter.default is parameter.empty
        for name, parameter in inspect.signature(update).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def _flat(name: str, results: Mapping[Any, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in results.items():
        shown = ".".join(map(str, key)) if isinstance(key, tuple) else str(key)
        if isinstance(value, Mapping):
            flat.update(_flat(name if key == "groups" else f"{name}.{shown}", value))
        else:
            flat[f"{name}.{shown}"] = value
    return flat
