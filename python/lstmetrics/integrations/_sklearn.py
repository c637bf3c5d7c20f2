"""A scorer for scikit-learn's model selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstmetrics.errors import InvalidParameterError
from lstmetrics.evaluation import Report, evaluate_predictions
from lstmetrics.integrations._numbers import better_when_higher

__all__ = ["ReportScorer"]


class ReportScorer:
    """A scorer for ``cross_validate`` and ``GridSearchCV``: metrics of the report.

    Probabilities are asked for where the estimator has them, so that losses, areas and calibration
    can be had. Losses are negated: more is better, as scikit-learn wants it.

    Parameters
    ----------
    metric : str or sequence of str
        Names in the report's metrics. Of several, the scorer gives a mapping, which
        ``cross_validate`` takes, and ``GridSearchCV`` with ``refit=`` one of them.
    **options
        Of :func:`lstmetrics.evaluate_predictions`. No bootstrap is drawn unless ``replicates`` asks
        for one.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.integrations import ReportScorer
    >>> class Estimator:
    ...     classes_ = np.array(["ham", "spam"])
    ...     def predict_proba(self, X):
    ...         return np.stack([1 - X, X], axis=1)
    >>> scorer = ReportScorer(["f1", "log_loss"])  # cross_validate(..., scoring=scorer)
    >>> found = scorer(Estimator(), np.array([0.1, 0.8, 0.6]), ["ham", "spam", "ham"])
    >>> round(found["f1"], 3), found["log_loss"] < 0
    (0.667, True)
    """

    def __init__(self, metric: str | Sequence[str], **options: Any) -> None:
        self.metric = metric
        self.options = {"replicates": 0, **options}

    def report(self, estimator: Any, inputs: Any, targets: Any) -> Report:
        """Return the whole report on a fitted estimator.

        Parameters
        ----------
        estimator : classifier
            With ``classes_``, and ``predict_proba`` or ``predict``.
        inputs : array_like
            What it takes.
        targets : array_like of shape (n,)
            The true labels.

        Returns
        -------
        Report
        """
        options = {"labels": list(estimator.classes_), **self.options}
        if hasattr(estimator, "predict_proba"):
            return evaluate_predictions(targets, scores=estimator.predict_proba(inputs), **options)
        return evaluate_predictions(targets, y_pred=estimator.predict(inputs), **options)

    def __call__(self, estimator: Any, inputs: Any, targets: Any) -> float | dict[str, float]:
        """Return the metric, or a mapping of several."""
        metrics = self.report(estimator, inputs, targets).metrics
        if isinstance(self.metric, str):
            return _score(metrics, self.metric)
        return {name: _score(metrics, name) for name in self.metric}


def _score(metrics: dict[str, float], name: str) -> float:
    if name not in metrics:
        raise InvalidParameterError(
            f"ReportScorer: there is no metric {name!r}; there are {', '.join(sorted(metrics))}"
        )
    return float(metrics[name]) if better_when_higher(name) else -float(metrics[name])
