"""How far our outputs are from a framework's, and from the definition."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmetrics.models import Model
from support.oracles import Oracle, sample_of

TOLERANCE = 2e-6  # of a framework's single precision to ours
REFERENCE_TOLERANCE = 1e-6  # relative, of doubles to ours


def difference(a: Any, b: Any) -> float:
    """The largest difference, relative where values are above 1; infinite where NaN differ."""
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    a, b = a.astype(np.float64), b.astype(np.float64)
    if not np.array_equal(np.isnan(a), np.isnan(b)):
        return float("inf")
    apart = np.abs(a - b) / np.maximum(1.0, np.abs(b))
    return float(np.nanmax(apart, initial=0.0))


def to_definition(
    model: Model,
    inputs: list[Any],
    ours: list[Any],
    *,
    lengths: Any = None,
    states: list[Any] | None = None,
) -> list[float]:
    """The largest difference of each output of each row to what the definition gives."""
    oracle = Oracle(model)
    found = []
    for row in range(len(inputs[0])):
        start = [([0.0] * hidden, [0.0] * cell) for hidden, cell in model.state_sizes]
        if states is not None:
            start = [(h[row].tolist(), c[row].tolist()) for h, c in states]
        end = None if lengths is None else int(lengths[row])
        samples = [sample_of(one[row], end, None) for one in inputs]
        results, _ = oracle.run_row(samples, start)
        for array, sample in zip(ours, results, strict=True):
            one = array[row] if sample.timeless or end is None else array[row][: len(sample.steps)]
            found.append(difference(one, np.reshape(sample.steps, one.shape)))
    return found
