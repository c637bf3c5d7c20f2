"""Who is timed: lstmetrics, and the libraries that have some of its metrics."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
from collections.abc import Callable

__all__ = ["ENGINES", "Engine"]


class Engine:
    """A library: whether it is there, which version, and how its threads are set."""

    def __init__(self, name: str, package: str, threads: Callable[[int], None] | None = None):
        self.name = name
        self.package = package
        self._threads = threads

    @property
    def method(self) -> str:
        """The name of the method of a workload that runs it on this engine."""
        return self.package

    @property
    def version(self) -> str | None:
        """Its version; None where it is not installed."""
        if importlib.util.find_spec(self.package) is None:
            return None
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(self.name)
        return str(getattr(importlib.import_module(self.package), "__version__", "unknown"))

    @property
    def rests(self) -> bool:
        """Whether its threads spin for a while after work, and would take a core from the next."""
        return self.package in {"torch", "torchmetrics", "torcheval"}

    def set_threads(self, threads: int) -> None:
        """Let it use so many threads, where it uses any."""
        if self._threads is not None and self.version is not None:
            self._threads(threads)


def _threads_of_lstmetrics(threads: int) -> None:
    importlib.import_module("lstmetrics").set_num_threads(threads)


def _threads_of_torch(threads: int) -> None:
    importlib.import_module("torch").set_num_threads(threads)


ENGINES = (
    Engine("lstmetrics", "lstmetrics", _threads_of_lstmetrics),
    Engine("scikit-learn", "sklearn"),
    Engine("torchmetrics", "torchmetrics"),
    Engine("torcheval", "torcheval"),
    Engine("numpy", "numpy"),
    Engine("torch", "torch", _threads_of_torch),
)
