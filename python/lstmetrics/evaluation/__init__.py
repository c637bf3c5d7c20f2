"""Where models and metrics meet: run one over data and say how good it is."""

from __future__ import annotations

from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.run import evaluate, evaluate_predictions

__all__ = ["Report", "evaluate", "evaluate_predictions"]
