# Losses of probabilities.

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
    LossAnswer c_indicator_metric "lstmetrics::border::indicator_metric"(
        ProbabilityMetric, object, object, object) except +set_python_error


PROBABILITY_METRICS = {
    "log_loss": <int>ProbabilityMetric.log_loss,
    "total_log_loss": <int>ProbabilityMetric.total_log_loss,
    "brier_score": <int>ProbabilityMetric.brier_score,
    "half_brier_score": <int>ProbabilityMetric.half_brier_score,
    "d2_log_loss": <int>ProbabilityMetric.d2_log_loss,
    "d2_brier": <int>ProbabilityMetric.d2_brier,
}


def probability_metric(int metric, y_true, y_proba, sample_weight, labels):
    """(value, whether all rows sum to one, whether the weights add up to zero)"""
    cdef LossAnswer answer = c_probability_metric(
        <ProbabilityMetric>metric, y_true, y_proba, sample_weight, labels)
    return answer.value, answer.sums_to_one, answer.weights_cancel


def indicator_metric(int metric, y_true, y_proba, sample_weight):
    """The same of indicators."""
    cdef LossAnswer answer = c_indicator_metric(
        <ProbabilityMetric>metric, y_true, y_proba, sample_weight)
    return answer.value, answer.sums_to_one, answer.weights_cancel
