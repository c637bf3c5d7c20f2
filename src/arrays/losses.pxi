# Losses of probabilities and of tokens.

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

    cdef enum class TokenMetric(uint8_t):
        cross_entropy
        perplexity

    double c_token_metric "lstmetrics::border::token_metric"(
        TokenMetric, object, object, object, object, cbool, object) except +set_python_error
    void c_token_nll "lstmetrics::border::token_nll"(
        object, object, object, cbool, object, object) except +set_python_error


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
