"""The same metrics by slice: one state for each group of samples."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import (
    FormatError,
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    MergeError,
)
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._interval import Interval
from lstmetrics.streaming._members import Members, check_same
from lstmetrics.streaming._slices import Key, Label, slices_of

__all__ = ["Grouped"]

_BLANK = b""  # the name of the state that groups start from
_INTEGER, _TEXT = b"\x01", b"\x02"


class _Groups(Members):
    """A state for each group; those of new groups start as `blank`."""

    name = "Grouped"

    __slots__ = ("blank", "by")

    def __init__(
        self, blank: Streaming, by: tuple[str, ...], members: Mapping[Key, Streaming] | None = None
    ) -> None:
        super().__init__(members or {})
        self.blank, self.by = blank, by

    def holding(self, members: Mapping[Key, Streaming]) -> _Groups:
        return _Groups(self.blank, self.by, members)

    def reset(self) -> None:
        with self._lock:
            self._members = {}

    def parameters(self) -> bytes:
        return b"".join(_sized(name.encode()) for name in self.by)

    def named(self) -> dict[bytes, Streaming]:
        groups = self.snapshot()
        return {_BLANK: self.blank} | {_packed(key): state for key, state in groups.items()}

    def check(self, other: _Groups) -> None:
        if self.by != other.by:
            raise MergeError(
                f"Grouped by {list(self.by)} cannot be merged with one by {list(other.by)}"
            )
        check_same("Grouped", self.blank, other.blank)

    def check_keys(self, own: Mapping[Key, Streaming], others: Mapping[Key, Streaming]) -> None:
        if not own or not others:
            return
        for place, (mine, theirs) in enumerate(
            zip(next(iter(own)), next(iter(others)), strict=True)
        ):
            if type(mine) is not type(theirs):
                raise MergeError(
                    f"groups of {mine!r} and of {theirs!r} in column {place}: "
                    "text and integers do not mix"
                )

    @classmethod
    def from_bytes(cls, data: bytes) -> _Groups:
        """Restore what :meth:`to_bytes` made; FormatError for anything else."""
        parameters, named = cls.opened(data)
        blank = named.pop(_BLANK, None)
        if blank is None or blank != _blank_of(blank):
            raise FormatError(
                "Grouped: the state that groups start from is missing or has seen data"
            )
        by = tuple(_text(part) for part in _parts(parameters))
        members = {_unpacked(name): state for name, state in named.items()}
        kinds = {tuple(type(label) for label in key) for key in members}
        if len(kinds) > 1 or any(len(kind) != max(1, len(by)) for kind in kinds):
            raise FormatError("Grouped: groups that are not of the columns they are by")
        if any(
            type(state) is not type(blank) or _blank_of(state) != blank
            for state in members.values()
        ):
            raise FormatError("Grouped: a group's state is of another kind than the others")
        return cls(blank, by, members)


class Grouped(Streaming):
    """Any state of this package for each group of samples.

    A group's state is what one would be that had seen the samples of the group alone. Memory is
    that of the states, one for each group that was seen; a batch copies the states of its groups,
    so that it can be refused, and merges what it adds.

    Parameters
    ----------
    state : streaming class
        What each group gets a state like; it must not have seen any data.
    by : sequence of str, default=None
        Names of the columns that make a group; one column without a name when None.

    Raises
    ------
    InvalidTypeError, InvalidValueError
        If `state` is no streaming instance or has seen data, or names repeat.

    Examples
    --------
    >>> from lstmetrics.streaming import Confusion, Grouped
    >>> by_country = Grouped(Confusion(labels=[0, 1]))
    >>> by_country.update(["de", "fr", "de", "fr"], [1, 0, 1, 1], [1, 0, 0, 1])
    Grouped(Confusion, groups=['de', 'fr'])
    >>> by_country["de"].accuracy(), by_country.overall().accuracy()
    (0.5, 0.75)
    """

    _state: _Groups
    _kind: ClassVar[type[_Groups]] = _Groups

    __slots__ = ()

    def __init__(self, state: Streaming, by: Sequence[str] | None = None) -> None:
        if not isinstance(state, Streaming):
            raise InvalidTypeError(f"state must be a streaming instance, got {state!r}")
        if state != _blank_of(state):
            raise InvalidValueError("state has seen data: groups start from one that has not")
        if isinstance(by, str) or not all(isinstance(name, str) for name in by or ()):
            raise InvalidTypeError(f"by must be a sequence of names, got {by!r}")
        names = tuple(by or ())
        if len(set(names)) < len(names):
            raise InvalidValueError(f"by names a column twice: {list(names)}")
        self._state = _Groups(state.copy(), names)

    def update(
        self,
        groups: npt.ArrayLike | Sequence[npt.ArrayLike] | Mapping[str, npt.ArrayLike],
        *arrays: Any,
        using: str = "update",
        **named: Any,
    ) -> Self:
        """Add a batch, each sample to the state of its group; all of it or nothing.

        Parameters
        ----------
        groups : array-like of shape (n_samples,)
            The group of each sample: integers or text, dictionary-encoded columns included. With
            several names in `by` a sequence of such columns, or what has them by name, such as a
            dict or a data frame.
        *arrays, **named
            What the state's own update takes. Arrays must have a row for each sample; text, flags
            and None are handed to every group.
        using : str, default="update"
            Which method adds the samples: ``"update_losses"``.

        Returns
        -------
        self

        Raises
        ------
        InvalidTypeError, InvalidValueError, ShapeError
            For groups that are neither integers nor text, lengths that differ, numbers that stand
            for the whole batch, and all that the state refuses.
        """
        state = self._state
        if not (using == "update" or using.startswith("update_")) or not hasattr(
            state.blank, using
        ):
            raise InvalidParameterError(
                f"Grouped.update: {type(state.blank).__name__} has no method {using!r} to add data"
            )
        delta = {
            key: getattr(state.blank.copy(), using)(*some, **others)
            for key, some, others in slices_of(self._columns(groups), arrays, named)
        }
        own = state.snapshot()
        try:
            state.check_keys(own, delta)
        except MergeError as error:
            raise InvalidTypeError(str(error)) from None
        state.add(delta)
        return self

    def _columns(self, groups: Any) -> list[tuple[str, Any]]:
        names = self._state.by
        if not names:
            return [("groups", groups)]
        if isinstance(groups, Mapping) or (hasattr(groups, "columns") and names):
            return [(name, groups[name]) for name in names]
        if not isinstance(groups, list | tuple) or len(groups) != len(names):
            raise InvalidTypeError(
                f"groups must hold {len(names)} columns, {list(names)}, in a list or by name"
            )
        return list(zip(names, groups, strict=True))

    @property
    def by(self) -> list[str]:
        """Names of the columns that make a group; none when there is one without a name."""
        return list(self._state.by)

    @property
    def groups(self) -> list[Label] | list[Key]:
        """The groups seen so far, sorted: labels or, of named columns, tuples of them."""
        return [self._shown(key) for key in sorted(self._state.snapshot())]  # type: ignore[return-value]

    def _shown(self, key: Key) -> Label | Key:
        return key if self._state.by else key[0]

    def __getitem__(self, group: Label | Key) -> Streaming:
        """Return a copy of a group's state; KeyError for one that was not seen."""
        key = group if isinstance(group, tuple) else (group,)
        return self._state.snapshot()[key].copy()

    def __iter__(self) -> Iterator[Label | Key]:
        """Iterate over the groups, sorted."""
        return iter(self.groups)

    def __len__(self) -> int:
        """How many groups were seen."""
        return len(self._state.snapshot())

    def __contains__(self, group: object) -> bool:
        """Whether a group was seen."""
        return (group if isinstance(group, tuple) else (group,)) in self._state.snapshot()

    def overall(self) -> Streaming:
        """Return the state of all samples, whatever their group."""
        return _merged(self._state.blank, self._state.snapshot())

    def compute(self) -> dict[str, Any]:
        """Return the headline results of each group, and of all.

        Returns
        -------
        dict
            ``overall``, and ``groups``: by group what the state's own ``compute`` gives.
        """
        members = self._state.snapshot()
        return {
            "overall": _merged(self._state.blank, members).compute(),  # type: ignore[attr-defined]
            "groups": {
                self._shown(key): members[key].compute()  # type: ignore[attr-defined]
                for key in sorted(members)
            },
        }

    def intervals(
        self, metric: str | Callable[[Any], float], level: float = 0.95, **options: Any
    ) -> dict[Label | Key, Interval]:
        """Return a confidence interval of a metric for each group.

        Parameters
        ----------
        metric : str or callable
            As for the state's own ``interval``.
        level : float, default=0.95
            The confidence level of each one by itself.
        **options
            The other arguments of the state's ``interval``.

        Returns
        -------
        dict
            By group.
        """
        members = self._state.snapshot()
        return {
            self._shown(key): members[key].interval(metric, level, **options)
            for key in sorted(members)
        }

    def interval(
        self, metric: str | Callable[[Any], float], level: float = 0.95, **options: Any
    ) -> Interval:
        """Return a confidence interval of a metric over all samples, whatever their group."""
        return self.overall().interval(metric, level, **options)

    def __repr__(self) -> str:
        groups = self.groups
        shown = f"{groups}" if len(groups) <= 8 else f"<{len(groups)} groups>"
        return f"Grouped({type(self._state.blank).__name__}, groups={shown})"


def _blank_of(state: Streaming) -> Streaming:
    return state.copy().reset()


def _merged(blank: Streaming, members: Mapping[Key, Streaming]) -> Streaming:
    total = blank.copy()
    for state in members.values():
        total.merge(state)
    return total


# ---- keys as bytes ----------------------------------------------------------------------------


def _sized(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


def _packed(key: Key) -> bytes:
    return b"".join(
        _sized(
            _TEXT + label.encode()
            if isinstance(label, str)
            else _INTEGER + struct.pack("<q", label)
        )
        for label in key
    )


def _parts(content: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(content):
        size = int.from_bytes(content[place : place + 4], "little")
        if place + 4 + size > len(content):
            raise FormatError("Grouped: truncated text")
        yield content[place + 4 : place + 4 + size]
        place += 4 + size


def _unpacked(name: bytes) -> Key:
    key: list[Label] = []
    for part in _parts(name):
        if part[:1] == _TEXT:
            key.append(_text(part[1:]))
        elif part[:1] == _INTEGER and len(part) == 9:
            key.append(int(np.frombuffer(part, "<i8", 1, 1)[0]))
        else:
            raise FormatError("Grouped: a group that is neither an integer nor text")
    return tuple(key)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise FormatError(f"Grouped: text that is not UTF-8: {error}") from None
