# cython: language_level=3, binding=False, freethreading_compatible=True
# distutils: language = c++
"""Stateless calls over arrays: each makes a state, updates it once, and computes.

The border's C++ reads the arrays, lets go of the GIL and calls the core; this file only gives the
calls to Python. The callers in `lstmetrics.metrics` and `lstmetrics.numeric` have brought the
arguments into shape.
"""

import numpy as np

from libc.stdint cimport uint8_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector


cdef extern from "border/errors.hpp" namespace "lstmetrics::border":
    void set_python_error() noexcept


cdef extern from "lstmetrics/metrics/formulas/classification.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class Average(uint8_t):
        per_label
        micro
        macro
        weighted

    cdef enum class Normalize(uint8_t):
        none
        by_true
        by_predicted
        by_all

    cdef cppclass PrfOptions:
        double beta
        Average average
        double zero_division

    cdef cppclass Prf:
        double precision
        double recall
        double f_score

    cdef cppclass PrfResult:
        vector[Prf] entries
        vector[double] support
        Prf average
        cbool precision_undefined
        cbool recall_undefined
        cbool f_score_undefined


cdef extern from "border/classification.hpp" namespace "lstmetrics::border":
    cdef cppclass AccuracyAnswer:
        double value
        cbool weights_cancel

    AccuracyAnswer c_accuracy "lstmetrics::border::accuracy"(
        object, object, object, cbool) except +set_python_error

    cdef cppclass PrfAnswer:
        PrfResult scores
        size_t labels_seen
        cbool pos_label_seen
        cbool weights_cancel

    PrfAnswer c_prf "lstmetrics::border::precision_recall_fscore"(
        object, object, object, object, object, cbool, const PrfOptions&
    ) except +set_python_error

    cdef cppclass ConfusionTable:
        cbool any_true
        cbool weights_cancel
        size_t size()
        void write(object, Normalize) except +set_python_error

    ConfusionTable c_table "lstmetrics::border::confusion_table"(
        object, object, object, object) except +set_python_error


cdef extern from "border/losses.hpp" namespace "lstmetrics::border":
    cdef cppclass LogLossAnswer:
        double value
        cbool sums_to_one
        cbool weights_cancel

    LogLossAnswer c_log_loss "lstmetrics::border::log_loss"(
        object, object, object, object, cbool) except +set_python_error

    cdef enum class TokenMetric(uint8_t):
        cross_entropy
        perplexity

    double c_token_metric "lstmetrics::border::token_metric"(
        TokenMetric, object, object, object, object, cbool, object) except +set_python_error
    void c_token_nll "lstmetrics::border::token_nll"(
        object, object, object, cbool, object, object) except +set_python_error


cdef extern from "border/elementwise.hpp" namespace "lstmetrics::border":
    cdef enum class Verb(uint8_t):
        exp
        log
        sigmoid
        tanh

    void c_apply "lstmetrics::border::apply"(Verb, object, object) except +set_python_error
    void c_softmax "lstmetrics::border::softmax"(
        object, object, size_t) except +set_python_error
    void c_log_sum_exp "lstmetrics::border::log_sum_exp"(
        object, object, size_t) except +set_python_error
    double c_exact_sum "lstmetrics::border::exact_sum"(object) except +set_python_error


# What scikit-learn's words stand for.
AVERAGES = {
    None: <int>Average.per_label,
    "binary": <int>Average.per_label,
    "micro": <int>Average.micro,
    "macro": <int>Average.macro,
    "weighted": <int>Average.weighted,
}
NORMALIZATIONS = {
    None: <int>Normalize.none,
    "true": <int>Normalize.by_true,
    "pred": <int>Normalize.by_predicted,
    "all": <int>Normalize.by_all,
}


# ---- classification -----------------------------------------------------------------------------

def accuracy(y_true, y_pred, sample_weight, bint normalize):
    """(fraction or number of samples predicted right, whether the weights add up to zero)"""
    cdef AccuracyAnswer answer = c_accuracy(y_true, y_pred, sample_weight, normalize)
    return answer.value, answer.weights_cancel


def precision_recall_fscore(
    y_true, y_pred, sample_weight, labels, pos_label, bint binary, int average, double beta,
    double zero_division,
):
    """The answer as a tuple of numbers for an average, of arrays for average 0 (per label)."""
    cdef PrfOptions options
    options.beta = beta
    options.average = <Average>average
    options.zero_division = zero_division
    cdef PrfAnswer answer = c_prf(
        y_true, y_pred, sample_weight, labels, pos_label, binary, options)
    cdef PrfResult* scores = &answer.scores
    cdef int undefined = (
        scores.precision_undefined | scores.recall_undefined << 1 | scores.f_score_undefined << 2)
    facts = (undefined, scores.entries.size(), answer.labels_seen, answer.pos_label_seen,
             answer.weights_cancel)
    cdef Prf one
    if average == 0 and not binary:
        return _per_label(scores), facts
    one = scores.entries[0] if binary else scores.average
    return (one.precision, one.recall, one.f_score, None), facts


cdef tuple _per_label(PrfResult* scores):
    cdef size_t n = scores.entries.size()
    columns = np.empty((4, n))
    cdef double[:, ::1] out = columns
    cdef size_t i
    for i in range(n):
        out[0, i] = scores.entries[i].precision
        out[1, i] = scores.entries[i].recall
        out[2, i] = scores.entries[i].f_score
        out[3, i] = scores.support[i]
    return tuple(columns)


def confusion_matrix(y_true, y_pred, sample_weight, labels, int normalize, bint as_counts):
    """(matrix, whether a selected label is ever true, whether the weights add up to zero)"""
    cdef ConfusionTable table = c_table(y_true, y_pred, sample_weight, labels)
    matrix = np.empty((table.size(), table.size()), np.int64 if as_counts else np.float64)
    table.write(matrix, <Normalize>normalize)
    return matrix, table.any_true, table.weights_cancel


# ---- losses -------------------------------------------------------------------------------------

def log_loss(y_true, y_proba, sample_weight, labels, bint normalize):
    """(mean or total loss, whether all rows sum to one, whether the weights add up to zero)"""
    cdef LogLossAnswer answer = c_log_loss(y_true, y_proba, sample_weight, labels, normalize)
    return answer.value, answer.sums_to_one, answer.weights_cancel


def cross_entropy(logits, targets, mask, sample_weight, bint log_probabilities, ignore_index):
    """Nats per token."""
    return c_token_metric(TokenMetric.cross_entropy, logits, targets, mask, sample_weight,
                          log_probabilities, ignore_index)


def perplexity(logits, targets, mask, sample_weight, bint log_probabilities, ignore_index):
    """exp(cross_entropy)."""
    return c_token_metric(TokenMetric.perplexity, logits, targets, mask, sample_weight,
                          log_probabilities, ignore_index)


def token_nll(logits, targets, mask, bint log_probabilities, ignore_index):
    """The loss of each token, in nats; 0 for those left out."""
    out = np.empty(len(targets))
    c_token_nll(logits, targets, mask, log_probabilities, ignore_index, out)
    return out


# ---- plain arrays -------------------------------------------------------------------------------

def exp(x, out):
    c_apply(Verb.exp, x, out)


def log(x, out):
    c_apply(Verb.log, x, out)


def sigmoid(x, out):
    c_apply(Verb.sigmoid, x, out)


def tanh(x, out):
    c_apply(Verb.tanh, x, out)


def softmax(x, out, size_t row):
    c_softmax(x, out, row)


def log_sum_exp(x, out, size_t row):
    c_log_sum_exp(x, out, row)


def exact_sum(values):
    return c_exact_sum(values)
