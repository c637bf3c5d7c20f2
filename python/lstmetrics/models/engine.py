"""The engine of a model: what the core has made of its layers and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lstmetrics import _core
from lstmetrics.models._inputs import Port

__all__ = ["Engine"]


@dataclass(frozen=True)
class Engine:
    """A graph, a session that runs it, and what its inputs take."""

    graph: _core.Graph
    session: _core.Session
    ports: Sequence[Port]
