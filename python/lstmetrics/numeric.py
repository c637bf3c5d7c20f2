"""The kernels of the engine and the metrics, over arrays: the same bits on every CPU.

numpy's ``exp`` and ``log`` give other bits on other CPUs, and its sums depend on the order. These
do not: fixed operation order, exact sums, one result on every instruction set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidTypeError, ShapeError

__all__ = ["exact_sum", "exp", "log", "log_sum_exp", "sigmoid", "softmax", "tanh"]

Array = npt.NDArray[Any]


def _floats(x: npt.ArrayLike, name: str) -> Array:
    array = np.asarray(x)
    if array.dtype.kind in "biu":
        return np.asarray(array, np.float64, order="C")
    if array.dtype.kind != "f" or array.dtype.itemsize not in (4, 8):
        raise InvalidTypeError(f"{name}: expected float32 or float64, got dtype {array.dtype}")
    return np.asarray(array, array.dtype.newbyteorder("="), order="C")


def _applied(verb: Callable[[Array, Array], None], array: Array) -> Array:
    out = np.empty_like(array)
    verb(array, out)
    return out


def _single(x: npt.ArrayLike, name: str) -> Array:
    array = np.asarray(x)
    if array.dtype != np.float32:
        raise InvalidTypeError(f"{name}: expected float32, got dtype {array.dtype}")
    return np.asarray(array, np.float32, order="C")


def _last_axis(array: Array, name: str) -> int:
    if array.ndim == 0:
        raise ShapeError(f"{name}: expected at least one dimension, got 0")
    return int(array.shape[-1])


def exp(x: npt.ArrayLike) -> Array:
    """Exponential of each element.

    Parameters
    ----------
    x : array-like, float32 or float64
        Integers count as float64.

    Returns
    -------
    ndarray of the same shape and dtype
        Within 2 ULP for float32 and 1 ULP for float64.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.exp([0.0, 1.0])
    array([1.        , 2.71828183])
    """
    return _applied(_arrays.exp, _floats(x, "exp"))


def log(x: npt.ArrayLike) -> Array:
    """Natural logarithm of each element.

    Parameters
    ----------
    x : array-like, float32 or float64
        Integers count as float64.

    Returns
    -------
    ndarray of the same shape and dtype
        Within 1 ULP; float32 is computed in double and rounded. NaN for negative numbers, minus
        infinity for zeros.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.log([1.0, 10.0])
    array([0.        , 2.30258509])
    """
    array = _floats(x, "log")
    return _applied(_arrays.log, array.astype(np.float64)).astype(array.dtype)


def sigmoid(x: npt.ArrayLike) -> Array:
    """Logistic function, ``1 / (1 + exp(-x))``, of each element.

    Parameters
    ----------
    x : array-like, float32

    Returns
    -------
    ndarray of the same shape, float32
        Within 4 ULP.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics import numeric
    >>> numeric.sigmoid(np.float32([0.0, 100.0]))
    array([0.5, 1. ], dtype=float32)
    """
    return _applied(_arrays.sigmoid, _single(x, "sigmoid"))


def tanh(x: npt.ArrayLike) -> Array:
    """Hyperbolic tangent of each element.

    Parameters
    ----------
    x : array-like, float32

    Returns
    -------
    ndarray of the same shape, float32
        Within 4 ULP.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics import numeric
    >>> numeric.tanh(np.float32([0.0, 100.0]))
    array([0., 1.], dtype=float32)
    """
    return _applied(_arrays.tanh, _single(x, "tanh"))


def softmax(x: npt.ArrayLike) -> Array:
    """``exp(x - max) / sum(exp(x - max))`` over the last axis.

    Parameters
    ----------
    x : array-like of shape (..., n), float32 or float64

    Returns
    -------
    ndarray of the same shape and dtype

    Raises
    ------
    InvalidTypeError
        For other dtypes.
    ShapeError
        For a scalar.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.softmax([[0.0, 0.0], [1000.0, 0.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    array = _floats(x, "softmax")
    row = _last_axis(array, "softmax")
    out = np.empty_like(array)
    _arrays.softmax(array, out, row)
    return out


def log_sum_exp(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """``log(sum(exp(x)))`` over the last axis, without overflow.

    Parameters
    ----------
    x : array-like of shape (..., n), float32 or float64
        Not empty along the last axis.

    Returns
    -------
    ndarray of shape (...), float64

    Raises
    ------
    InvalidTypeError
        For other dtypes.
    ShapeError
        For a scalar or an empty last axis.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.log_sum_exp([[1000.0, 1000.0]])
    array([1000.69314718])
    """
    array = _floats(x, "log_sum_exp")
    row = _last_axis(array, "log_sum_exp")
    if row == 0:
        raise ShapeError("log_sum_exp: the last axis is empty")
    out = np.empty(array.shape[:-1])
    _arrays.log_sum_exp(array, out, row)
    return out


def exact_sum(x: npt.ArrayLike) -> float:
    """Sum of all elements, exact and then rounded once: the same for every order.

    Parameters
    ----------
    x : array-like of numbers, any shape

    Returns
    -------
    float
        The double nearest to the true sum. NaN if any element is NaN or both infinities occur.

    Raises
    ------
    InvalidTypeError
        If the elements are not numbers.

    References
    ----------
    R. M. Neal, "Fast exact summation using small and large superaccumulators", 2015,
    arXiv:1505.05571.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.exact_sum([1e100, 1.0, -1e100])
    1.0
    """
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise InvalidTypeError(f"exact_sum: expected numbers, got dtype {array.dtype}")
    if array.dtype.kind == "f" and array.dtype.itemsize == 2:
        array = array.astype(np.float32)
    if array.dtype.itemsize > 8:
        raise InvalidTypeError(f"exact_sum: expected at most 64 bits, got dtype {array.dtype}")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return _arrays.exact_sum(array.reshape(-1))
