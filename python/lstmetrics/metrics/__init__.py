"""Metrics as functions: scikit-learn's names, signatures, values and warnings; and language models.

Each is exactly "make the state, update once, compute": the states of :mod:`lstmetrics.streaming`
and these functions give the same bits.
"""

from lstmetrics.metrics._classification import accuracy_score, confusion_matrix
from lstmetrics.metrics._language import cross_entropy, perplexity
from lstmetrics.metrics._precision import (
    f1_score,
    fbeta_score,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)
from lstmetrics.metrics._probabilistic import log_loss

__all__ = [
    "accuracy_score",
    "confusion_matrix",
    "cross_entropy",
    "f1_score",
    "fbeta_score",
    "log_loss",
    "perplexity",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_score",
]
