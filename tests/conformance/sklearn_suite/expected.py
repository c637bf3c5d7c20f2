"""What is expected of scikit-learn's suite: which of its tests fail with ours, and why.

Both lists are strict. A failure that is not here fails the run, and so does an entry that no longer
holds.
"""

from __future__ import annotations

__all__ = ["DELEGATED", "FAILURES"]

_NO_MULTILABEL_LOSS = (
    "probabilities of multilabel indicators are refused by name (multilabel-indicator is not "
    "supported): a loss knows one true label a sample"
)
_LOSSES = ("brier_score_loss", "d2_brier_score", "d2_log_loss_score", "log_loss")
_ARRAYS = (
    "numpy-None-None",
    "array_api_strict-CPU_DEVICE-float64",
    "array_api_strict-device1-float32",
    "torch-cpu-float64",
    "torch-cpu-float32",
)

# Test (file::name, parameters included or not) -> why it fails.
FAILURES: dict[str, str] = {
    "test_classification.py::test_balanced_accuracy_score[y_true2-y_pred2]": (
        "wants == with a formula that rounds three times; ours is 1/3, rounded once"
    ),
    "test_classification.py::test_d2_brier_score": (
        "wants == 0 of a forecast 0.6, which as a double is not 3/5: ours is -5.6e-17"
    ),
    "test_classification.py::test_confusion_matrix_dtype": (
        "wants a sum of integer weights beyond 64 bits to wrap around to -2; ours refuses it"
    ),
    "test_classification.py::test_brier_score_loss_binary": _NO_MULTILABEL_LOSS,
    "test_common.py::test_sample_order_invariance_multilabel_and_multioutput": _NO_MULTILABEL_LOSS,
    **{
        f"test_common.py::{test}[{loss}]": _NO_MULTILABEL_LOSS
        for test in (
            "test_multilabel_sample_weight_invariance",
            "test_continuous_multilabel_multioutput_permutations_invariance",
        )
        for loss in (*_LOSSES, "unnormalized_log_loss")
    },
    **{
        f"test_common.py::test_array_api_compliance[{loss}-check_array_api_multilabel_continuous_"
        f"classification_metric-{arrays}]": _NO_MULTILABEL_LOSS
        for loss in _LOSSES
        for arrays in _ARRAYS
    },
}

# Function -> why it passes on calls that are in our trade. Sparse targets, arrays of other
# libraries with dispatch on, and parameters that scikit-learn was told not to check are not.
DELEGATED: dict[str, str] = {}
