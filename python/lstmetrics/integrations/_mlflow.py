"""A report among the runs of MLflow."""

from __future__ import annotations

from typing import Any

from lstmetrics.evaluation import Report
from lstmetrics.evaluation.plain import finite
from lstmetrics.integrations._numbers import numbers

__all__ = ["log_report"]


def log_report(
    report: Report, mlflow: Any, *, prefix: str = "", step: int | None = None, html: bool = False
) -> None:
    """Log a report to the active run of MLflow: its numbers, its verdict and the report itself.

    Parameters
    ----------
    report : Report
    mlflow : module
        MLflow itself, which the caller has imported; or what has its ``log_metrics``, ``set_tags``,
        ``log_dict`` and ``log_text``.
    prefix : str, default=''
        What every name, of metrics, tags and files, starts with.
    step : int, optional
        Of the metrics.
    html : bool, default=False
        Whether the page is logged as well, ``report.html``, which takes the extra ``report``.

    Raises
    ------
    lstmetrics.errors.MissingExtraError
        For the page, without the extra ``report``; nothing is logged then.

    Notes
    -----
    Metrics that are NaN or infinite stay out of MLflow's metrics; ``report.json`` names them, with
    null for a value.

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> from lstmetrics.integrations import log_report
    >>> class Printed:
    ...     def log_metrics(self, metrics, step=None):
    ...         print(metrics["f1"])
    ...     def set_tags(self, tags):
    ...         print(tags["verdict"])
    ...     def log_dict(self, dictionary, artifact_file):
    ...         print(artifact_file)
    >>> report = evaluate_predictions([0, 1, 1], y_pred=[0, 1, 1])
    >>> log_report(report, Printed())  # with mlflow.start_run(): log_report(report, mlflow)
    1.0
    cannot tell
    report.json
    """
    page = report.to_html() if html else None
    found = numbers(report, prefix)
    kept = {name: value for name, value in found.items() if finite(value) is not None}
    mlflow.log_metrics(kept, step=step)
    codes = ", ".join(finding.code for finding in report.findings)
    tags = {"verdict": report.verdict.status, "findings": codes, "digest": report.digest}
    mlflow.set_tags({f"{prefix}{name}": value for name, value in tags.items()})
    mlflow.log_dict(finite(report.to_dict()), f"{prefix}report.json")
    if page is not None:
        mlflow.log_text(page, f"{prefix}report.html")
