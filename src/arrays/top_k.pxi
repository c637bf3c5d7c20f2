# Top-k accuracy.

cdef extern from "border/top_k.hpp" namespace "lstmetrics::border":
    cdef cppclass TopKAnswer:
        double value
        size_t labels
        cbool weights_cancel

    TopKAnswer c_top_k_accuracy "lstmetrics::border::top_k_accuracy"(
        object, object, object, object, int64_t, cbool) except +set_python_error


def top_k_accuracy(y_true, y_score, sample_weight, labels, int64_t k, bint normalize):
    """(fraction or number of hits, number of labels, whether the weights add up to zero)"""
    cdef TopKAnswer answer = c_top_k_accuracy(y_true, y_score, sample_weight, labels, k, normalize)
    return answer.value, answer.labels, answer.weights_cancel
