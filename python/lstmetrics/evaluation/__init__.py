"""Where models and metrics meet: run one over data, say how good it is, and if not, why."""

from __future__ import annotations

from lstmetrics.evaluation.comparison import Comparison, Predictions, compare
from lstmetrics.evaluation.duplicates import Duplicates
from lstmetrics.evaluation.findings import Check, Finding, Verdict
from lstmetrics.evaluation.goals import Goal
from lstmetrics.evaluation.predictions import evaluate_predictions
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.run import evaluate
from lstmetrics.evaluation.surprises import Unigrams
from lstmetrics.evaluation.tagging import evaluate_tags
from lstmetrics.evaluation.temperature import fit_temperature
from lstmetrics.evaluation.thresholds import Rule, choose_threshold
from lstmetrics.evaluation.token_losses import evaluate_token_losses

__all__ = [
    "Check",
    "Comparison",
    "Duplicates",
    "Finding",
    "Goal",
    "Predictions",
    "Report",
    "Rule",
    "Unigrams",
    "Verdict",
    "choose_threshold",
    "compare",
    "evaluate",
    "evaluate_predictions",
    "evaluate_tags",
    "evaluate_token_losses",
    "fit_temperature",
]
