"""States made of states by key: what :class:`Grouped` and :class:`Collection` hold.

Every member is a state of the core; a change makes the members that it touches anew and puts them
in place together, so it happens wholly or not at all.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from lstmetrics import _core
from lstmetrics.errors import FormatError, MergeError
from lstmetrics.streaming._base import Streaming

__all__ = ["Members", "check_same", "restored"]

Named = dict[bytes, Streaming]


class Members:
    """Members by key, with what the core gives a state of its own."""

    name: ClassVar[str]

    __slots__ = ("_lock", "_members")

    def __init__(self, members: Mapping[Any, Streaming]) -> None:
        self._lock = threading.Lock()
        self._members = dict(members)

    def snapshot(self) -> dict[Any, Streaming]:
        """Return the members as they stand; they are not to be changed."""
        with self._lock:
            return self._members

    def merge(self, other: Self) -> None:
        """Add the members of another; MergeError if they do not fit, and nothing is changed."""
        self.check(other)
        self.add(other.snapshot())

    def add(self, others: Mapping[Any, Streaming]) -> None:
        """Add members to those of the same keys, all or none."""
        with self._lock:
            own = self._members
            self.check_keys(own, others)
            joined = {
                key: own[key] + member if key in own else member.copy()
                for key, member in others.items()
            }
            self._members = {**own, **joined}

    def copy(self) -> Self:
        """Return an independent copy: members are replaced, never changed."""
        return self.holding(self.snapshot())

    def to_bytes(self) -> bytes:
        members = [(key, member.to_bytes()) for key, member in self.named().items()]
        return _core.composite_bytes(self.name, self.parameters(), members)

    def digest(self) -> str:
        members = [(key, member.digest().encode()) for key, member in self.named().items()]
        payload = _core.composite_digest_payload(self.name, self.parameters(), members)
        return hashlib.sha256(payload).hexdigest()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.parameters() == other.parameters() and self.named() == other.named()

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __sizeof__(self) -> int:
        members = self.snapshot().values()
        return object.__sizeof__(self) + len(b"".join(m.to_bytes() for m in members))

    @classmethod
    def opened(cls, data: bytes) -> tuple[bytes, Named]:
        """Return the parameters and the members of bytes."""
        parameters, members = _core.open_composite(cls.name, data)
        return parameters, {key: restored(content) for key, content in members}

    # What differs between those that hold members.

    def holding(self, members: Mapping[Any, Streaming]) -> Self:
        """Return one with the same parameters."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget everything seen."""
        raise NotImplementedError

    def parameters(self) -> bytes:
        """Return what is to be the same in both sides of a merge, besides the members."""
        raise NotImplementedError

    def named(self) -> Named:
        """Return the members by the names that they have in bytes."""
        raise NotImplementedError

    def check(self, other: Self) -> None:
        """MergeError when the parameters differ."""
        raise NotImplementedError

    def check_keys(self, own: Mapping[Any, Streaming], others: Mapping[Any, Streaming]) -> None:
        """MergeError when the keys of members do not fit together."""


def _classes(of: type[Streaming]) -> Iterator[type[Streaming]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _classes(kind)


def restored(data: bytes) -> Streaming:
    """Restore a state of any class from its bytes."""
    name = _core.state_name(data)
    refusal = FormatError(f"bytes of {name}, which no streaming class holds")
    for kind in _classes(Streaming):
        if getattr(kind, "_kind", None) is None or _name_of(kind._kind) != name:
            continue
        try:
            return kind.from_bytes(data)
        except FormatError as error:  # two classes may share a state of the core
            refusal = error
    raise refusal


def _name_of(kind: Any) -> str:
    return str(kind.name if issubclass(kind, Members) else kind.__name__)


def check_same(kind: str, own: Streaming, other: Streaming) -> None:
    """MergeError when two blank states have other parameters."""
    if type(own) is not type(other) or own.to_bytes() != other.to_bytes():
        raise MergeError(
            f"{kind} of {own!r} cannot be merged with one of {other!r}: make both alike"
        )
