"""Temperature scaling: what probabilities would be if logits were divided by a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, numeric
from lstmetrics._warnings import silence
from lstmetrics.errors import ShapeError
from lstmetrics.evaluation.labels import Indices
from lstmetrics.streaming import Calibration, Loss

__all__ = ["Temperature", "fit_temperature"]

# Probabilities of 0 have no logit: what is taken for them, by the precision they came in.
_LEAST = {2: 2.0**-11, 4: 2.0**-24, 8: 2.0**-53}


def fit_temperature(y_true: npt.ArrayLike, y_proba: npt.ArrayLike) -> float:
    r"""Return the temperature that makes the log loss of these probabilities least.

    .. math:: T = \arg\min_T -\frac1n \sum_i \log \mathrm{softmax}(\log p_i / T)_{y_i}

    It is found in the core, by bisection of an exact sum: no order and no machine changes a bit.

    Parameters
    ----------
    y_true : array_like of int, shape (n,)
        The true classes, as columns of `y_proba`.
    y_proba : array_like of float, shape (n, classes)
        Probabilities on validation data. Those below the rounding error of their dtype count as
        that.

    Returns
    -------
    float
        Between 1/128 and 128. Above 1 the model is too sure.

    Raises
    ------
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        For shapes that do not fit, no rows, classes that there are not, and NaN.

    Examples
    --------
    >>> from lstmetrics.evaluation import fit_temperature
    >>> round(fit_temperature([0, 0, 0, 1], [[0.9, 0.1]] * 4), 3)
    2.0
    """
    truth = np.ascontiguousarray(y_true, np.int64)
    logits = _logits(np.asarray(y_proba))
    if logits.ndim != 2 or truth.ndim != 1:
        raise ShapeError(
            f"fit_temperature: expected shapes (n,) and (n, classes), got {truth.shape} and "
            f"{logits.shape}"
        )
    return _arrays.fit_temperature(logits, truth)


def _logits(probabilities: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    least = _LEAST.get(probabilities.dtype.itemsize, _LEAST[8])
    found = numeric.log(np.maximum(probabilities.astype(np.float64), least))
    return np.ascontiguousarray(found, np.float64)


class Temperature:
    """What the probabilities of the test data would be at a temperature.

    Parameters
    ----------
    temperature : float
        The one that was fitted.
    classes : int
        How many classes there are.
    bins : int
        Of the calibration error.
    """

    def __init__(self, temperature: float, classes: int, bins: int) -> None:
        self.temperature = temperature
        self._loss = Loss("log_loss", labels=range(classes))
        self._calibration = Calibration(bins, kind="top_label", labels=range(classes))

    def update(self, truth: Indices, probabilities: npt.NDArray[Any]) -> None:
        """Add a batch: true classes and probabilities as they are."""
        scaled = numeric.softmax(_logits(probabilities) / self.temperature)
        with silence():
            self._loss.update(truth, scaled)
            self._calibration.update(truth, scaled)

    def effect(self, metrics: dict[str, float]) -> dict[str, Any]:
        """Return the temperature, and what it does to the metrics given."""
        before = {
            "log_loss": metrics["log_loss"],
            "expected_calibration_error": metrics["expected_calibration_error"],
        }
        after = {
            "log_loss": self._loss.value(),
            "expected_calibration_error": self._calibration.expected_error(),
        }
        return {"temperature": self.temperature, "before": before, "after": after}
