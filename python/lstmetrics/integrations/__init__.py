"""The report inside other frameworks: their hooks, fed by :func:`lstmetrics.evaluate_predictions`.

No framework is imported here: each hook is what the framework calls, and takes what it hands over.
"""

from __future__ import annotations

from lstmetrics.integrations._keras import KerasReport
from lstmetrics.integrations._mlflow import log_report
from lstmetrics.integrations._numbers import numbers
from lstmetrics.integrations._sklearn import ReportScorer
from lstmetrics.integrations._trainer import TrainerMetrics

__all__ = ["KerasReport", "ReportScorer", "TrainerMetrics", "log_report", "numbers"]
