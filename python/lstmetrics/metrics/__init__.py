"""Metrics as functions: scikit-learn's names, signatures, values and warnings; and language models.

Each is exactly "make the state, update once, compute": the states of :mod:`lstmetrics.streaming`
and these functions give the same bits.
"""

from lstmetrics.metrics._agreement import (
    balanced_accuracy_score,
    class_likelihood_ratios,
    cohen_kappa_score,
    matthews_corrcoef,
)
from lstmetrics.metrics._areas import average_precision_score, roc_auc_score
from lstmetrics.metrics._at_thresholds import metric_at_thresholds
from lstmetrics.metrics._brier import brier_score_loss, d2_brier_score, d2_log_loss_score
from lstmetrics.metrics._calibration import (
    calibration_curve,
    calibration_edges,
    expected_calibration_error,
    maximum_calibration_error,
)
from lstmetrics.metrics._classification import (
    accuracy_score,
    confusion_matrix,
    hamming_loss,
    multilabel_confusion_matrix,
    zero_one_loss,
)
from lstmetrics.metrics._curves import (
    confusion_matrix_at_thresholds,
    det_curve,
    precision_recall_curve,
    roc_curve,
)
from lstmetrics.metrics._entities import (
    entity_classification_report,
    entity_f1_score,
    entity_precision_recall_fscore_support,
    entity_precision_score,
    entity_recall_score,
)
from lstmetrics.metrics._jaccard import jaccard_score
from lstmetrics.metrics._language import (
    bits_per_byte,
    bits_per_character,
    bits_per_token,
    cross_entropy,
    perplexity,
)
from lstmetrics.metrics._operating import (
    OperatingPoint,
    auc,
    equal_error_rate,
    ks_statistic,
    precision_at_recall,
    recall_at_precision,
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from lstmetrics.metrics._precision import (
    f1_score,
    fbeta_score,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)
from lstmetrics.metrics._probabilistic import log_loss
from lstmetrics.metrics._report import classification_report
from lstmetrics.metrics._token_accuracy import token_accuracy, top_k_token_accuracy
from lstmetrics.metrics._top_k import top_k_accuracy_score
from lstmetrics.metrics._windows import token_windows

__all__ = [
    "OperatingPoint",
    "accuracy_score",
    "auc",
    "average_precision_score",
    "balanced_accuracy_score",
    "bits_per_byte",
    "bits_per_character",
    "bits_per_token",
    "brier_score_loss",
    "calibration_curve",
    "calibration_edges",
    "class_likelihood_ratios",
    "classification_report",
    "cohen_kappa_score",
    "confusion_matrix",
    "confusion_matrix_at_thresholds",
    "cross_entropy",
    "d2_brier_score",
    "d2_log_loss_score",
    "det_curve",
    "entity_classification_report",
    "entity_f1_score",
    "entity_precision_recall_fscore_support",
    "entity_precision_score",
    "entity_recall_score",
    "equal_error_rate",
    "expected_calibration_error",
    "f1_score",
    "fbeta_score",
    "hamming_loss",
    "jaccard_score",
    "ks_statistic",
    "log_loss",
    "matthews_corrcoef",
    "maximum_calibration_error",
    "metric_at_thresholds",
    "multilabel_confusion_matrix",
    "perplexity",
    "precision_at_recall",
    "precision_recall_curve",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_at_precision",
    "recall_score",
    "roc_auc_score",
    "roc_curve",
    "sensitivity_at_specificity",
    "specificity_at_sensitivity",
    "token_accuracy",
    "token_windows",
    "top_k_accuracy_score",
    "top_k_token_accuracy",
    "zero_one_loss",
]
