"""A callback of Keras that reports on held-out data after each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstmetrics.evaluation import Report, evaluate_predictions
from lstmetrics.integrations._numbers import numbers

__all__ = ["KerasReport"]


class KerasReport:
    """A callback for Keras's ``fit``: a report on held-out data after each epoch.

    The metrics join the epoch's logs, so that ``EarlyStopping(monitor="report_f1")``, placed after
    it, and the history see them; the losses so far join the report, which finds overfitting.

    Parameters
    ----------
    inputs : array_like
        What the model's ``predict`` takes. Its outputs are probabilities (n, classes) or (n, 1).
    targets : array_like of shape (n,)
        The true labels; those of a table of 0 and 1, (n, classes), are of several at once.
    prefix : str, default='report_'
        What the names in the logs start with.
    batch_size : int, optional
        Of ``predict``.
    **options
        Of :func:`lstmetrics.evaluate_predictions`.

    Attributes
    ----------
    reports : list of Report
        One for each epoch.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.integrations import KerasReport
    >>> class Model:
    ...     def predict(self, inputs, batch_size=None, verbose=0):
    ...         return inputs
    >>> callback = KerasReport(np.array([[0.2], [0.9], [0.7]]), [0, 1, 1])
    >>> callback.set_model(Model())  # what fit(..., callbacks=[callback]) does
    >>> logs = {"loss": 0.3, "val_loss": 0.4}
    >>> callback.on_epoch_end(0, logs)
    >>> logs["report_f1"], callback.reports[0].history
    (1.0, {'loss': [0.3], 'val_loss': [0.4]})
    """

    def __init__(
        self,
        inputs: Any,
        targets: Any,
        *,
        prefix: str = "report_",
        batch_size: int | None = None,
        **options: Any,
    ) -> None:
        self.reports: list[Report] = []
        self.model: Any = None
        self.params: dict[str, Any] = {}
        self._inputs = inputs
        self._targets = targets
        self._prefix = prefix
        self._batch_size = batch_size
        self._options = options
        self._history: dict[str, list[float]] = {}

    def set_model(self, model: Any) -> None:
        """Take the model that is trained."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take what ``fit`` was called with."""
        self.params = params

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Forget what an earlier ``fit`` left."""
        self.reports = []
        self._history = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Predict, report, and put the numbers into the logs."""
        logs = {} if logs is None else logs
        for name in ("loss", "val_loss"):
            if name in logs:
                self._history.setdefault(name, []).append(float(logs[name]))
        scores = np.asarray(
            self.model.predict(self._inputs, batch_size=self._batch_size, verbose=0)
        )
        report = evaluate_predictions(
            self._targets, scores=scores, history=self._history or None, **self._options
        )
        self.reports.append(report)
        logs.update(numbers(report, self._prefix))

    def __getattr__(self, name: str) -> Any:
        """Return a hook that does nothing, for the moments at which there is nothing to do."""
        if name.startswith("on_"):
            return _nothing
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _nothing(*_args: Any, **_named: Any) -> None:
    """Stand where Keras calls a hook that is not ours."""
