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

__all__ = [
    "erf",
    "erfc",
    "exact_sum",
    "exp",
    "log",
    "log_sum_exp",
    "normal_cdf",
    "normal_quantile",
    "sigmoid",
    "softmax",
    "tanh",
]

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


def _doubles(verb: Callable[[Array, Array], None], x: npt.ArrayLike, name: str) -> Array:
    return _applied(verb, _floats(x, name).astype(np.float64, order="C"))


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


def erf(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Error function of each element: ``2 / sqrt(pi)`` times the integral of ``exp(-t**2)``.

    Parameters
    ----------
    x : array-like, float32, float64 or integers

    Returns
    -------
    ndarray of the same shape, float64
        Within 2 ULP.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.erf([0.0, 1.0])
    array([0.        , 0.84270079])
    """
    return _doubles(_arrays.erf, x, "erf")


def erfc(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """``1 - erf(x)`` of each element, without cancellation.

    Parameters
    ----------
    x : array-like, float32, float64 or integers

    Returns
    -------
    ndarray of the same shape, float64
        Within 6 ULP, where it is not subnormal.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.erfc([0.0, 10.0])
    array([1.00000000e+00, 2.08848758e-45])
    """
    return _doubles(_arrays.erfc, x, "erfc")


def normal_cdf(x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Probability that a standard normal variable is at most each element.

    Parameters
    ----------
    x : array-like, float32, float64 or integers

    Returns
    -------
    ndarray of the same shape, float64
        Within 7 ULP, where it is not subnormal.

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.normal_cdf([-1.96, 0.0])
    array([0.0249979, 0.5      ])
    """
    return _doubles(_arrays.normal_cdf, x, "normal_cdf")


def normal_quantile(p: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the x with ``normal_cdf(x) == p``, for each element.

    Parameters
    ----------
    p : array-like, float32, float64 or integers
        Probabilities.

    Returns
    -------
    ndarray of the same shape, float64
        Within 4 ULP; minus infinity at 0, infinity at 1, NaN outside [0, 1].

    Raises
    ------
    InvalidTypeError
        For other dtypes.

    Examples
    --------
    >>> from lstmetrics import numeric
    >>> numeric.normal_quantile([0.025, 0.5])
    array([-1.95996398,  0.        ])
    """
    return _doubles(_arrays.normal_quantile, p, "normal_quantile")


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
