# cython: language_level=3, binding=False, freethreading_compatible=True
# distutils: language = c++
"""Stateless calls over arrays: each makes a state, updates it once, and computes.

The border's C++ reads the arrays, lets go of the GIL and calls the core; this file only gives the
calls to Python. The callers in `lstmetrics.metrics` and `lstmetrics.numeric` have brought the
arguments into shape.
"""

import numpy as np

from libc.stdint cimport int64_t, uint8_t
from libcpp cimport bool as cbool
from libcpp.string cimport string
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

    cdef cppclass JaccardOptions:
        Average average
        double zero_division

    cdef cppclass JaccardResult:
        vector[double] entries
        double average
        cbool undefined

    cdef cppclass BalancedAccuracy:
        double value
        cbool labels_dropped


cdef extern from "lstmetrics/metrics/formulas/report.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef cppclass ClassificationReport:
        PrfResult per_label
        PrfResult micro
        PrfResult macro
        PrfResult weighted
        double support
        cbool all_labels
        cbool none_correct


cdef extern from "lstmetrics/metrics/formulas/agreement.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class Disagreement(uint8_t):
        nominal
        linear
        quadratic

    cdef cppclass Kappa:
        double value
        cbool no_samples
        cbool one_label

    cdef cppclass LikelihoodRatios:
        double positive
        double negative
        cbool no_positives
        cbool no_true_positives
        cbool no_false_positives
        cbool no_true_negatives


cdef extern from "lstmetrics/metrics/labels.hpp" namespace "lstmetrics::metrics":
    cdef cppclass LabelSet:
        vector[int64_t] integers()
        vector[string] texts()


cdef extern from "border/classification.hpp" namespace "lstmetrics::border":
    cdef cppclass AccuracyAnswer:
        double value
        cbool weights_cancel

    AccuracyAnswer c_accuracy "lstmetrics::border::accuracy"(
        object, object, object, cbool) except +set_python_error

    AccuracyAnswer c_error_rate "lstmetrics::border::error_rate"(
        object, object, object, cbool) except +set_python_error

    cdef cppclass SelectionFacts:
        size_t labels_seen
        cbool pos_label_seen
        cbool weights_cancel

    cdef cppclass PrfAnswer:
        PrfResult scores
        SelectionFacts facts

    PrfAnswer c_prf "lstmetrics::border::precision_recall_fscore"(
        object, object, object, object, object, cbool, const PrfOptions&
    ) except +set_python_error

    cdef cppclass JaccardAnswer:
        JaccardResult scores
        SelectionFacts facts

    JaccardAnswer c_jaccard "lstmetrics::border::jaccard"(
        object, object, object, object, object, cbool, const JaccardOptions&
    ) except +set_python_error

    cdef cppclass ReportAnswer:
        ClassificationReport report
        LabelSet labels
        cbool weights_cancel

    ReportAnswer c_report "lstmetrics::border::report"(
        object, object, object, object, double) except +set_python_error

    cdef cppclass OneAgainstRest:
        cbool weights_cancel
        size_t size()
        cbool none_correct() except +set_python_error
        void write(object) except +set_python_error

    OneAgainstRest c_one_against_rest "lstmetrics::border::one_against_rest"(
        object, object, object, object) except +set_python_error

    cdef cppclass ConfusionTable:
        cbool any_true
        cbool weights_cancel
        size_t size()
        void write(object, Normalize) except +set_python_error

    ConfusionTable c_table "lstmetrics::border::confusion_table"(
        object, object, object, object) except +set_python_error


cdef extern from "border/agreement.hpp" namespace "lstmetrics::border":
    cdef cppclass AgreementFacts:
        size_t labels_seen
        size_t labels_selected
        cbool any_true
        cbool weights_cancel

    cdef cppclass BalancedAccuracyAnswer:
        BalancedAccuracy score
        AgreementFacts facts

    BalancedAccuracyAnswer c_balanced_accuracy "lstmetrics::border::balanced_accuracy"(
        object, object, object, cbool) except +set_python_error

    cdef cppclass CorrelationAnswer:
        double value
        AgreementFacts facts

    CorrelationAnswer c_matthews "lstmetrics::border::matthews_corrcoef"(
        object, object, object) except +set_python_error

    cdef cppclass KappaAnswer:
        Kappa kappa
        AgreementFacts facts

    KappaAnswer c_kappa "lstmetrics::border::cohen_kappa"(
        object, object, object, object, Disagreement) except +set_python_error

    cdef cppclass LikelihoodAnswer:
        LikelihoodRatios ratios
        AgreementFacts facts

    LikelihoodAnswer c_likelihood "lstmetrics::border::likelihood_ratios"(
        object, object, object, object) except +set_python_error


cdef extern from "border/losses.hpp" namespace "lstmetrics::border":
    cdef enum class ProbabilityMetric(uint8_t):
        log_loss
        total_log_loss
        brier_score
        half_brier_score
        d2_log_loss
        d2_brier

    cdef cppclass LossAnswer:
        double value
        cbool sums_to_one
        cbool weights_cancel

    LossAnswer c_probability_metric "lstmetrics::border::probability_metric"(
        ProbabilityMetric, object, object, object, object) except +set_python_error

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

PROBABILITY_METRICS = {
    "log_loss": <int>ProbabilityMetric.log_loss,
    "total_log_loss": <int>ProbabilityMetric.total_log_loss,
    "brier_score": <int>ProbabilityMetric.brier_score,
    "half_brier_score": <int>ProbabilityMetric.half_brier_score,
    "d2_log_loss": <int>ProbabilityMetric.d2_log_loss,
    "d2_brier": <int>ProbabilityMetric.d2_brier,
}
DISAGREEMENTS = {
    None: <int>Disagreement.nominal,
    "linear": <int>Disagreement.linear,
    "quadratic": <int>Disagreement.quadratic,
}

# ---- classification -----------------------------------------------------------------------------

def accuracy(y_true, y_pred, sample_weight, bint normalize):
    """(fraction or number of samples predicted right, whether the weights add up to zero)"""
    cdef AccuracyAnswer answer = c_accuracy(y_true, y_pred, sample_weight, normalize)
    return answer.value, answer.weights_cancel


def error_rate(y_true, y_pred, sample_weight, bint normalize):
    """(fraction or number of samples predicted wrong, whether the weights add up to zero)"""
    cdef AccuracyAnswer answer = c_error_rate(y_true, y_pred, sample_weight, normalize)
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
    facts = (_undefined(scores), scores.entries.size(), *_selection_facts(answer.facts))
    cdef Prf one
    if average == 0 and not binary:
        return _per_label(scores), facts
    one = scores.entries[0] if binary else scores.average
    return (one.precision, one.recall, one.f_score, None), facts


cdef tuple _selection_facts(const SelectionFacts& facts):
    return facts.labels_seen, facts.pos_label_seen, facts.weights_cancel


cdef int _undefined(PrfResult* scores):
    """Which scores are 0/0 somewhere: bits for precision, recall, F."""
    return (
        scores.precision_undefined | scores.recall_undefined << 1 | scores.f_score_undefined << 2)


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


def jaccard(
    y_true, y_pred, sample_weight, labels, pos_label, bint binary, int average,
    double zero_division,
):
    """(a number for an average, an array for average 0, facts)"""
    cdef JaccardOptions options
    options.average = <Average>average
    options.zero_division = zero_division
    cdef JaccardAnswer answer = c_jaccard(
        y_true, y_pred, sample_weight, labels, pos_label, binary, options)
    cdef JaccardResult* scores = &answer.scores
    facts = (scores.undefined, scores.entries.size(), *_selection_facts(answer.facts))
    if average == 0 and not binary:
        return np.array(<list>scores.entries), facts
    return scores.entries[0] if binary else scores.average, facts


def classification_report(y_true, y_pred, sample_weight, labels, double zero_division):
    """(scores per label, averages, which are undefined, (total support, facts), labels seen)

    Averages, and what is undefined after that of the labels, are in the order micro, macro,
    weighted.
    """
    cdef ReportAnswer answer = c_report(y_true, y_pred, sample_weight, labels, zero_division)
    cdef ClassificationReport* report = &answer.report
    cdef vector[int64_t] integers = answer.labels.integers()
    cdef vector[string] texts = answer.labels.texts()
    seen = <list>integers or [text.decode() for text in <list>texts]
    undefined = (_undefined(&report.per_label), _undefined(&report.micro),
                 _undefined(&report.macro), _undefined(&report.weighted))
    averages = (_average(report.micro), _average(report.macro), _average(report.weighted))
    facts = (report.support, report.all_labels, report.none_correct, answer.weights_cancel)
    return _per_label(&report.per_label), averages, undefined, facts, seen


cdef tuple _average(const PrfResult& scores):
    return scores.average.precision, scores.average.recall, scores.average.f_score


def one_against_rest(y_true, y_pred, sample_weight, labels):
    """(a 2 x 2 matrix for each label, whether the weights add up to zero)"""
    cdef OneAgainstRest table = c_one_against_rest(y_true, y_pred, sample_weight, labels)
    # As in scikit-learn, counts are floats also when no sample is right.
    as_counts = sample_weight is None and not table.none_correct()
    matrices = np.empty((table.size(), 2, 2), np.int64 if as_counts else np.float64)
    table.write(matrices)
    return matrices, table.weights_cancel


def confusion_matrix(y_true, y_pred, sample_weight, labels, int normalize, bint as_counts):
    """(matrix, whether a selected label is ever true, whether the weights add up to zero)"""
    cdef ConfusionTable table = c_table(y_true, y_pred, sample_weight, labels)
    matrix = np.empty((table.size(), table.size()), np.int64 if as_counts else np.float64)
    table.write(matrix, <Normalize>normalize)
    return matrix, table.any_true, table.weights_cancel

# ---- agreement ----------------------------------------------------------------------------------

cdef tuple _agreement_facts(const AgreementFacts& facts):
    return facts.labels_seen, facts.labels_selected, facts.any_true, facts.weights_cancel


def balanced_accuracy(y_true, y_pred, sample_weight, bint adjusted):
    """(value, whether a predicted label is never true, facts)"""
    cdef BalancedAccuracyAnswer answer = c_balanced_accuracy(
        y_true, y_pred, sample_weight, adjusted)
    return answer.score.value, answer.score.labels_dropped, _agreement_facts(answer.facts)


def matthews_corrcoef(y_true, y_pred, sample_weight):
    """(value, facts)"""
    cdef CorrelationAnswer answer = c_matthews(y_true, y_pred, sample_weight)
    return answer.value, _agreement_facts(answer.facts)


def cohen_kappa(y1, y2, sample_weight, labels, int disagreement):
    """(value, whether no sample has selected labels, whether there is one label, facts)"""
    cdef KappaAnswer answer = c_kappa(
        y1, y2, sample_weight, labels, <Disagreement>disagreement)
    cdef Kappa kappa = answer.kappa
    return kappa.value, kappa.no_samples, kappa.one_label, _agreement_facts(answer.facts)


def likelihood_ratios(y_true, y_pred, sample_weight, labels):
    """((positive, negative), which counts are zero: P, TP, FP, TN, facts)"""
    cdef LikelihoodAnswer answer = c_likelihood(y_true, y_pred, sample_weight, labels)
    cdef LikelihoodRatios ratios = answer.ratios
    zeros = (ratios.no_positives, ratios.no_true_positives, ratios.no_false_positives,
             ratios.no_true_negatives)
    return (ratios.positive, ratios.negative), zeros, _agreement_facts(answer.facts)

# ---- losses -------------------------------------------------------------------------------------

def probability_metric(int metric, y_true, y_proba, sample_weight, labels):
    """(value, whether all rows sum to one, whether the weights add up to zero)"""
    cdef LossAnswer answer = c_probability_metric(
        <ProbabilityMetric>metric, y_true, y_proba, sample_weight, labels)
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
