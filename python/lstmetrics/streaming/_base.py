"""What all streaming classes share: the state lives in the core, Python only forwards."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self

from lstmetrics.errors import InvalidTypeError

__all__ = ["State", "Streaming"]


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

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        """Pickle by the same bytes as :meth:`to_bytes`."""
        return type(self).from_bytes, (self.to_bytes(),)

    def __sizeof__(self) -> int:
        """Bytes held, those of the core included."""
        return object.__sizeof__(self) + self._state.__sizeof__()
