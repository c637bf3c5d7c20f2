"""The engine of a model: what the core has made of its layers and weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.models._inputs import Port

__all__ = ["Engine"]


class Engine:
    """A graph, a session that runs it, and what its inputs take."""

    def __init__(self, graph: _core.Graph, ports: Sequence[Port]) -> None:
        self.graph = graph
        self.session = _core.Session(graph)
        self.ports = ports

    def takes_at_once(self, inputs: Any) -> TypeGuard[npt.NDArray[np.int64]]:
        """Whether these are ids that the core takes as they are: the quick way of a small call."""
        return (
            type(inputs) is np.ndarray
            and inputs.dtype == np.int64
            and inputs.ndim == 2
            and len(self.ports) == 1
            and self.ports[0].takes_ids
        )

    @cached_property
    def takes_sequences(self) -> bool:
        """Whether rows of any length may run end to end: one input, and outputs without steps."""
        (steps, *_) = (shape[1] for shape in self.graph.input_shapes)
        alone = len(self.ports) == 1 and steps is None
        return alone and all(len(shape) == 2 for shape in self.graph.output_shapes)
