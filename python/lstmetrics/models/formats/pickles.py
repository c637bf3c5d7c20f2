"""Pickles read as data: nothing that one names is imported, and nothing that it calls is called.

A pickle is a program for a machine with a stack. The machine here writes down what the program says
(this function, with these arguments) where Python's would do it. What may stand in such a tree is
for the reader of a format to say; arrays of numpy are recognised by how numpy writes them.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError

__all__ = ["Made", "Named", "array_of", "arrays_in", "read_pickle"]

_NUMPY = ("numpy.core.multiarray", "numpy._core.multiarray")  # before numpy 2, and since
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_SET": list, "EMPTY_TUPLE": tuple}
_VALUES = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE"}
_VALUES |= {"BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
_NOTHING = {"PROTO", "FRAME"}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


@dataclass(frozen=True, eq=False)
class Named:
    """A thing of a module, which stays where it is."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Made:
    """What calling ``function`` would give, and the state that it would be set to."""

    function: Any
    arguments: Any
    state: Any = None


class _Machine:
    """The stack, where sequences on it begin, and what is remembered."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """Do what one instruction says; LookupError, TypeError or ValueError if it makes no sense.

        The last of a pickle is not for it.
        """
        push, pop = self.stack.append, self.stack.pop
        if name in _VALUES:
            push(argument)
        elif name in _CONSTANTS:
            push(_CONSTANTS[name])
        elif name in _EMPTY:
            push(_EMPTY[name]())
        elif name in _TUPLES:
            push(tuple([pop() for _ in range(_TUPLES[name])][::-1]))
        elif name == "MARK":
            self.marks.append(len(self.stack))
        elif name == "TUPLE":
            push(tuple(self._behind_mark()))
        elif name in ("APPEND", "APPENDS", "ADDITEMS"):
            values = [pop()] if name == "APPEND" else self._behind_mark()
            _a(list, self.stack[-1]).extend(values)
        elif name in ("SETITEM", "SETITEMS"):
            pairs = [pop(), pop()][::-1] if name == "SETITEM" else self._behind_mark()
            keys = [_a((str, int), one) for one in pairs[::2]]
            _a(dict, self.stack[-1]).update(zip(keys, pairs[1::2], strict=True))
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = self.stack[-1]
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            push(self.memo[argument])
        else:
            self._call(name, argument)

    def _call(self, name: str, argument: Any) -> None:
        push, pop = self.stack.append, self.stack.pop
        if name == "GLOBAL":
            module, _, thing = argument.partition(" ")
            push(Named(module, thing))
        elif name == "STACK_GLOBAL":
            thing, module = pop(), pop()
            push(Named(_a(str, module), _a(str, thing)))
        elif name in ("REDUCE", "NEWOBJ"):
            arguments = pop()
            push(Made(pop(), _a(tuple, arguments)))
        elif name == "BUILD":
            state = pop()
            _a(Made, self.stack[-1]).state = state
        else:
            raise ValueError(f"the instruction {name} is not one that arrays need")

    def _behind_mark(self) -> list[Any]:
        place = self.marks.pop()
        values = self.stack[place:]
        del self.stack[place:]
        return values


def _a(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        names = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise TypeError(f"{names} was expected, got {type(value).__name__}")
    return value


def read_pickle(owner: str, data: bytes) -> Any:
    """Return what a pickle says: :class:`Named` and :class:`Made` where it would run something.

    Parameters
    ----------
    owner : str
        What errors call it.
    data : bytes
        The pickle, whole: anything behind its end is an error. What is read takes memory in
        proportion to it.

    Raises
    ------
    lstmetrics.errors.FormatError
        It is no pickle, is cut, or does what arrays do not need.
    """
    machine, end = _Machine(), 0
    try:
        for opcode, argument, place in pickletools.genops(data):
            end = int(place or 0) + 1
            if opcode.name not in _NOTHING and opcode.name != "STOP":
                machine.step(opcode.name, argument)
        (value,) = machine.stack
    except (LookupError, TypeError, ValueError) as error:
        raise FormatError(f"{owner}: the pickle cannot be read as data: {error}") from None
    if end != len(data):
        raise FormatError(f"{owner}: {len(data) - end} bytes stand behind the pickle's end")
    return value


def array_of(owner: str, value: Any) -> npt.NDArray[Any] | None:
    """Return the array that a tree stands for as numpy writes one; None where it is no array."""
    if not isinstance(value, Made) or not _is_named(value.function, _NUMPY, "_reconstruct"):
        return None
    try:
        _, shape, kind, by_columns, data = value.state
        dtype = _dtype(kind)
        lengths = [_a(int, one) for one in _a(tuple, shape)]
        count = 1
        for one in lengths:
            count *= one
        if min(lengths, default=0) < 0 or count * dtype.itemsize != len(_a(bytes, data)):
            raise ValueError(f"{len(data)} bytes are not those of shape {shape} and dtype {dtype}")
        flat = np.frombuffer(data, dtype)
        return flat.reshape(lengths, order="F" if by_columns else "C")
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        raise FormatError(f"{owner}: an array in it is not valid: {error}") from None


def _dtype(kind: Any) -> np.dtype[Any]:
    """Return the type of numbers that a tree stands for."""
    if not isinstance(kind, Made) or not _is_named(kind.function, ("numpy",), "dtype"):
        raise ValueError("its dtype is not one of numpy's own")
    name, order = _a(str, kind.arguments[0]), _a(str, kind.state[1])
    if name not in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        raise ValueError(f"it must hold numbers, got dtype {name!r}")
    return np.dtype(f"{'>' if order == '>' else '<'}{name}")


def _is_named(value: Any, modules: Iterable[str], name: str) -> bool:
    return isinstance(value, Named) and value.module in modules and value.name == name


def arrays_in(owner: str, value: Any) -> list[npt.NDArray[Any]]:
    """Return the arrays anywhere in a tree, each once."""
    found: list[npt.NDArray[Any]] = []
    left, seen = [value], set[int]()
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))  # the tree keeps what it holds, so that no address comes again
        array = array_of(owner, one)
        if array is not None:
            found.append(array)
        elif isinstance(one, Made):
            left += [one.state, one.arguments, one.function]
        elif isinstance(one, dict):
            left += one.values()
        elif isinstance(one, list | tuple):
            left += one
    return found
