"""Types of the Cython module: stateless calls over arrays that callers have brought into shape."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lstmetrics._core import Column

_Array = npt.NDArray[Any]
_Labels = _Array | Column
_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

AVERAGES: Final[dict[str | None, int]]
NORMALIZATIONS: Final[dict[str | None, int]]
PROBABILITY_METRICS: Final[dict[str, int]]
TOKEN_METRICS: Final[dict[str, int]]
CALIBRATION_KINDS: Final[dict[str, int]]
CALIBRATION_NORMS: Final[dict[str, int]]
DISAGREEMENTS: Final[dict[str | None, int]]
MULTILABEL_METRICS: Final[dict[str, int]]
CURVES: Final[dict[str, int]]
LABEL_METRICS: Final[dict[str, int]]
RANKING_METRICS: Final[dict[str, int]]

_Three = tuple[float, float, float]
_AgreementFacts = tuple[int, int, bool, bool]

def accuracy(
    y_true: _Labels, y_pred: _Labels, sample_weight: _Array | None, normalize: bool
) -> tuple[float, bool]: ...
def error_rate(
    y_true: _Labels, y_pred: _Labels, sample_weight: _Array | None, normalize: bool
) -> tuple[float, bool]: ...
def precision_recall_fscore(
    y_true: _Labels,
    y_pred: _Labels,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    pos_label: float | str | None,
    binary: bool,
    average: int,
    beta: float,
    zero_division: float,
) -> tuple[tuple[Any, Any, Any, _Array | None], tuple[int, int, int, bool, bool]]: ...
def jaccard(
    y_true: _Labels,
    y_pred: _Labels,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    pos_label: float | str | None,
    binary: bool,
    average: int,
    zero_division: float,
) -> tuple[float | _Floats, tuple[bool, int, int, bool, bool]]: ...
def classification_report(
    y_true: _Labels,
    y_pred: _Labels,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    zero_division: float,
) -> tuple[
    tuple[_Floats, _Floats, _Floats, _Array],
    tuple[_Three, _Three, _Three],
    tuple[int, int, int, int],
    tuple[float, bool, bool],
    list[Any],
]: ...
def multilabel_metric(
    y_true: _Array, y_pred: _Array, sample_weight: _Array | None, metric: int
) -> tuple[float, bool]: ...
def multilabel_scores(
    y_true: _Array,
    y_pred: _Array,
    sample_weight: _Array | None,
    average: int,
    beta: float,
    zero_division: float,
) -> tuple[tuple[Any, Any, Any, _Array | None], tuple[int, int, int, bool]]: ...
def multilabel_jaccard(
    y_true: _Array,
    y_pred: _Array,
    sample_weight: _Array | None,
    average: int,
    zero_division: float,
) -> tuple[float | _Floats, tuple[bool, int, int, bool]]: ...
def multilabel_report(
    y_true: _Array, y_pred: _Array, sample_weight: _Array | None, zero_division: float
) -> tuple[
    tuple[_Floats, _Floats, _Floats, _Array],
    tuple[_Three, _Three, _Three, _Three],
    tuple[int, int, int, int, int],
    tuple[float, int, bool],
]: ...
def label_matrices(
    y_true: _Array, y_pred: _Array, sample_weight: _Array | None
) -> tuple[_Array, bool]: ...
def sample_matrices(y_true: _Array, y_pred: _Array, sample_weight: _Array | None) -> _Array: ...
def one_against_rest(
    y_true: _Labels, y_pred: _Labels, sample_weight: _Array | None, labels: list[Any] | None
) -> tuple[_Array, bool]: ...
def confusion_matrix(
    y_true: _Labels,
    y_pred: _Labels,
    sample_weight: _Array | None,
    more_weight: _Array | None,
    labels: list[Any] | None,
    normalize: int,
    as_counts: bool,
) -> tuple[_Array, bool, bool]: ...
def balanced_accuracy(
    y_true: _Labels, y_pred: _Labels, sample_weight: _Array | None, adjusted: bool
) -> tuple[float, bool, _AgreementFacts]: ...
def matthews_corrcoef(
    y_true: _Labels, y_pred: _Labels, sample_weight: _Array | None
) -> tuple[float, _AgreementFacts]: ...
def cohen_kappa(
    y1: _Labels,
    y2: _Labels,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    disagreement: int,
) -> tuple[float, bool, bool, _AgreementFacts]: ...
def likelihood_ratios(
    y_true: _Labels, y_pred: _Labels, sample_weight: _Array | None, labels: list[Any] | None
) -> tuple[tuple[float, float], tuple[bool, bool, bool, bool], _AgreementFacts]: ...
def probability_metric(
    metric: int,
    y_true: _Labels,
    y_proba: _Array,
    sample_weight: _Array | None,
    labels: list[Any] | None,
) -> tuple[float, bool, bool]: ...
def indicator_metric(
    metric: int, y_true: _Array, y_proba: _Array, sample_weight: _Array | None
) -> tuple[float, bool, bool]: ...
def calibration_edges(y_prob: _Array, n_bins: int, by_quantiles: bool) -> _Floats: ...
def calibration_curve(
    y_true: _Array, y_prob: _Array, n_bins: int, by_quantiles: bool
) -> tuple[_Floats, _Floats]: ...
def calibration_error(
    y_true: _Labels,
    y_prob: _Array,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    judged: int,
    n_bins: int,
    by_quantiles: bool,
    norm: int,
) -> tuple[float, bool, bool]: ...
def top_k_accuracy(
    y_true: _Labels,
    y_score: _Array,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    k: int,
    normalize: bool,
) -> tuple[float, int, bool]: ...
def token_metric(
    metric: int,
    logits: _Labels,
    targets: _Array,
    mask: _Array | None,
    sample_weight: _Array | None,
    log_probabilities: bool,
    ignore_index: int | None,
    k: int,
    text: int,
) -> float: ...
def token_metric_by_sequence(
    metric: int,
    logits: _Labels,
    targets: _Array,
    mask: _Array | None,
    sample_weight: _Array | None,
    log_probabilities: bool,
    ignore_index: int | None,
    k: int,
    text: _Array | None,
    out: _Floats,
) -> None: ...
def token_nll(
    logits: _Labels,
    targets: _Array,
    mask: _Array | None,
    sample_weight: _Array | None,
    log_probabilities: bool,
    ignore_index: int | None,
) -> _Floats: ...
def token_hits(
    logits: _Labels,
    targets: _Array,
    mask: _Array | None,
    log_probabilities: bool,
    ignore_index: int | None,
    k: int,
) -> npt.NDArray[np.bool_]: ...
def exp(x: _Array, out: _Array) -> None: ...
def log(x: _Array, out: _Array) -> None: ...
def sigmoid(x: _Array, out: _Array) -> None: ...
def tanh(x: _Array, out: _Array) -> None: ...
def softmax(x: _Array, out: _Array, row: int) -> None: ...
def log_sum_exp(x: _Array, out: _Array, row: int) -> None: ...
def exact_sum(values: _Array) -> float: ...
def erf(x: _Array, out: _Array) -> None: ...
def erfc(x: _Array, out: _Array) -> None: ...
def normal_cdf(x: _Array, out: _Array) -> None: ...
def normal_quantile(x: _Array, out: _Array) -> None: ...
def critical_value(level: float) -> float: ...
def wilson(successes: float, trials: float, level: float) -> tuple[float, float]: ...
def normal_bounds(estimate: float, standard_error: float, level: float) -> tuple[float, float]: ...
def percentile_bounds(replicates: _Floats, level: float) -> tuple[tuple[float, float], int]: ...
def fit_temperature(logits: _Floats, targets: _Array) -> float: ...

_ColumnFacts = tuple[bool, bool, bool, bool, bool]
_RankingFacts = tuple[int, bool, bool, bool, bool, bool]

def roc_auc(
    y_true: _Array, y_score: _Array, sample_weight: _Array | None, max_fpr: float
) -> tuple[float, _RankingFacts]: ...
def average_precision(
    y_true: _Array, y_score: _Array, sample_weight: _Array | None, pos_label: object
) -> tuple[float, _RankingFacts]: ...
def ranking_curve(
    kind: int,
    drop_intermediate: bool,
    y_true: _Array,
    y_score: _Array,
    sample_weight: _Array | None,
    pos_label: object,
) -> tuple[_Floats, _Floats, _Floats, _RankingFacts]: ...
def ranking_outcomes(
    y_true: _Array, y_score: _Array, sample_weight: _Array | None, pos_label: object
) -> tuple[_Floats | None, _RankingFacts]: ...
def at_thresholds(
    y_true: _Array,
    y_score: _Array,
    sample_weight: _Array | None,
    labels: list[object] | None,
    metric: int,
    average: int,
    beta: float,
    zero_division: float,
    disagreement: int,
    normalize: int,
    adjusted: bool,
) -> tuple[_Floats | None, npt.NDArray[np.uint64], _Floats]: ...
def multiclass_ranking(
    metric: int,
    y_true: _Array,
    y_score: _Array,
    sample_weight: _Array | None,
    labels: list[Any] | None,
    average: int,
) -> tuple[Any, _ColumnFacts]: ...
def one_vs_one_roc_auc(
    y_true: _Array, y_score: _Array, labels: list[Any] | None, weighted: bool
) -> tuple[float, _ColumnFacts]: ...
def multilabel_ranking(
    metric: int,
    y_true: _Array,
    y_score: _Array,
    sample_weight: _Array | None,
    average: int,
    max_fpr: float,
) -> tuple[Any, _ColumnFacts]: ...
def samples_ranking(
    metric: int,
    y_true: _Array,
    y_score: _Array,
    sample_weight: _Array | None,
    max_fpr: float,
) -> tuple[float, _ColumnFacts]: ...
def slices(
    columns: list[_Labels], names: list[str]
) -> tuple[list[list[int] | list[str]], npt.NDArray[np.uint32], _Integers, _Integers]: ...
