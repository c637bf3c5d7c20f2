"""The order of an LSTM's gates in the files of others."""

from __future__ import annotations

import numpy as np

from lstmetrics.models._arguments import FloatArray

__all__ = ["in_our_order"]

_OURS = "ifgo"  # input, forget, candidate, output


def in_our_order(array: FloatArray, gates: str) -> FloatArray:
    """Return columns i, f, g, o of an array whose last axis has them in another order.

    Parameters
    ----------
    array : ndarray of float32, shape (..., 4 units)
        A kernel or a bias, the gates side by side.
    gates : str
        The order they have: a permutation of ``"ifgo"``, where g is the candidate.
    """
    parts = dict(zip(gates, np.split(array, len(gates), axis=-1), strict=True))
    return np.concatenate([parts[gate] for gate in _OURS], axis=-1)
