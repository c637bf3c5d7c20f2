"""Where models and metrics meet: run one over data, say how good it is, and if not, why."""

from __future__ import annotations

from lstmetrics.evaluation.duplicates import Duplicates
from lstmetrics.evaluation.findings import Check, Finding, Verdict
from lstmetrics.evaluation.goals import Goal
from lstmetrics.evaluation.predictions import evaluate_predictions
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.run import evaluate
from lstmetrics.evaluation.surprises import Unigrams
from lstmetrics.evaluation.temperature import fit_temperature

__all__ = [
    "Check",
    "Duplicates",
    "Finding",
    "Goal",
    "Report",
    "Unigrams",
    "Verdict",
    "evaluate",
    "evaluate_predictions",
    "fit_temperature",
]
