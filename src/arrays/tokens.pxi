# Metrics of language models.

cdef extern from "border/tokens.hpp" namespace "lstmetrics::border":
    cdef enum class TokenMetric(uint8_t):
        cross_entropy
        total
        perplexity
        bits_per_token
        bits_per_character
        bits_per_byte
        token_accuracy
        top_k_accuracy

    cdef cppclass TokenQuestion:
        TokenMetric metric
        int64_t k
        cbool log_probabilities

    double c_token_metric "lstmetrics::border::token_metric"(
        const TokenQuestion&, object, object, object, object, object, int64_t
    ) except +set_python_error
    void c_token_metric_by_sequence "lstmetrics::border::token_metric_by_sequence"(
        const TokenQuestion&, object, object, object, object, object, object, object
    ) except +set_python_error
    void c_token_nll "lstmetrics::border::token_nll"(
        object, object, object, object, cbool, object, object) except +set_python_error
    void c_token_hits "lstmetrics::border::token_hits"(
        object, object, object, cbool, object, int64_t, object) except +set_python_error


TOKEN_METRICS = {
    "cross_entropy": <int>TokenMetric.cross_entropy,
    "total": <int>TokenMetric.total,
    "perplexity": <int>TokenMetric.perplexity,
    "bits_per_token": <int>TokenMetric.bits_per_token,
    "bits_per_character": <int>TokenMetric.bits_per_character,
    "bits_per_byte": <int>TokenMetric.bits_per_byte,
    "token_accuracy": <int>TokenMetric.token_accuracy,
    "top_k_accuracy": <int>TokenMetric.top_k_accuracy,
}


cdef TokenQuestion _question(int metric, bint log_probabilities, int64_t k):
    cdef TokenQuestion question
    question.metric = <TokenMetric>metric
    question.log_probabilities = log_probabilities
    question.k = k
    return question


def token_metric(int metric, logits, targets, mask, sample_weight, bint log_probabilities,
                 ignore_index, int64_t k, int64_t text):
    """Of all tokens; `text` is the number of characters or bytes they stand for."""
    return c_token_metric(_question(metric, log_probabilities, k), logits, targets, mask,
                          sample_weight, ignore_index, text)


def token_metric_by_sequence(int metric, logits, targets, mask, sample_weight,
                             bint log_probabilities, ignore_index, int64_t k, text, out):
    """Of each of as many sequences of equal length as `out` has items; written there."""
    c_token_metric_by_sequence(_question(metric, log_probabilities, k), logits, targets, mask,
                               sample_weight, ignore_index, text, out)


def token_nll(logits, targets, mask, sample_weight, bint log_probabilities, ignore_index):
    """The loss of each token times its weight, in nats; 0 for those left out."""
    out = np.empty(len(targets))
    c_token_nll(logits, targets, mask, sample_weight, log_probabilities, ignore_index, out)
    return out


def token_hits(logits, targets, mask, bint log_probabilities, ignore_index, int64_t k):
    """Whether each token is among the k likeliest; False for those left out."""
    out = np.empty(len(targets), np.bool_)
    c_token_hits(logits, targets, mask, log_probabilities, ignore_index, k, out)
    return out
