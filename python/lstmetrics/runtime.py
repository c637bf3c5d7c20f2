"""What the engine runs on: instruction set, threads, versions.

Nothing here changes a result: every instruction set and every number of threads gives the same
bits. They are settings for speed, and for proving exactly that.
"""

from __future__ import annotations

import platform
from typing import Any

import numpy as np

from lstmetrics import _core

__all__ = [
    "available_isa_levels",
    "compiled_isa_levels",
    "current_isa",
    "info",
    "num_threads",
    "set_isa",
    "set_num_threads",
]


def current_isa() -> str:
    """Return the name of the instruction-set level in force.

    Returns
    -------
    str
        One of ``"generic"``, ``"avx2"``, ``"avx512"``, ``"avx512vnni"``, ``"neon"``.

    Examples
    --------
    >>> from lstmetrics import runtime
    >>> runtime.current_isa() in runtime.available_isa_levels()
    True
    """
    return _core.current_isa()


def available_isa_levels() -> list[str]:
    """Return the levels that this machine has, best first.

    Returns
    -------
    list of str
        Names that :func:`set_isa` takes on this machine; ``"generic"`` is always among them.

    Examples
    --------
    >>> from lstmetrics import runtime
    >>> "generic" in runtime.available_isa_levels()
    True
    """
    return _core.available_isa_levels()


def compiled_isa_levels() -> list[str]:
    """Return every level this build holds, best first, whether the machine has it or not.

    Returns
    -------
    list of str
        Names of levels.

    Examples
    --------
    >>> from lstmetrics import runtime
    >>> set(runtime.available_isa_levels()) <= set(runtime.compiled_isa_levels())
    True
    """
    return _core.compiled_isa_levels()


def set_isa(name: str) -> None:
    """Force an instruction-set level for the whole process.

    The environment variable ``LSTMETRICS_ISA`` does the same at import.

    Parameters
    ----------
    name : str
        A level of :func:`available_isa_levels`, or ``"auto"`` for the best one.

    Raises
    ------
    lstmetrics.errors.IsaError
        The name is unknown, or this machine lacks the level. The level in force stays.

    Examples
    --------
    >>> from lstmetrics import runtime
    >>> runtime.set_isa("generic")
    >>> runtime.current_isa()
    'generic'
    >>> runtime.set_isa("auto")
    """
    _core.set_isa(name)


def num_threads() -> int:
    """Return how many threads a parallel region may use.

    Returns
    -------
    int
        What :func:`set_num_threads` set, else ``LSTMETRICS_NUM_THREADS``, else the CPUs that
        affinity and cgroup limits leave to this process.

    Examples
    --------
    >>> import lstmetrics
    >>> lstmetrics.num_threads() >= 1
    True
    """
    return _core.num_threads()


def set_num_threads(count: int) -> None:
    """Set how many threads a parallel region may use.

    Parameters
    ----------
    count : int
        1 to 1024.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        The count is outside that range.

    Examples
    --------
    >>> import lstmetrics
    >>> before = lstmetrics.num_threads()
    >>> lstmetrics.set_num_threads(1)
    >>> lstmetrics.num_threads()
    1
    >>> lstmetrics.set_num_threads(before)
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 0:
        from lstmetrics.errors import InvalidValueError

        raise InvalidValueError(
            f"set_num_threads: count must be an integer from 1 to 1024, got {count!r}"
        )
    _core.set_num_threads(int(count))


def info() -> dict[str, Any]:
    """Tell versions, instruction sets and threads.

    Returns
    -------
    dict
        ``version``, ``contract_version`` (of the numeric contract: equal versions give equal
        bits), ``python``, ``numpy``, ``compiler``, ``machine``, ``isa``, ``isa_available``,
        ``isa_compiled``, ``threads``, ``cpus``.

    Examples
    --------
    >>> import lstmetrics
    >>> lstmetrics.info()["version"] == lstmetrics.__version__
    True
    """
    return {
        "version": _core.version(),
        "contract_version": _core.CONTRACT_VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "compiler": _core.compiler(),
        "machine": platform.machine(),
        "isa": _core.current_isa(),
        "isa_available": _core.available_isa_levels(),
        "isa_compiled": _core.compiled_isa_levels(),
        "threads": _core.num_threads(),
        "cpus": _core.available_cpus(),
    }
