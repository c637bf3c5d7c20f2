# The kernels over plain arrays.

cdef extern from "border/elementwise.hpp" namespace "lstmetrics::border":
    cdef enum class Verb(uint8_t):
        exp
        log
        sigmoid
        tanh
        erf
        erfc
        normal_cdf
        normal_quantile

    void c_apply "lstmetrics::border::apply"(Verb, object, object) except +set_python_error
    void c_softmax "lstmetrics::border::softmax"(
        object, object, size_t) except +set_python_error
    void c_log_sum_exp "lstmetrics::border::log_sum_exp"(
        object, object, size_t) except +set_python_error
    double c_exact_sum "lstmetrics::border::exact_sum"(object) except +set_python_error


def exp(x, out):
    c_apply(Verb.exp, x, out)


def log(x, out):
    c_apply(Verb.log, x, out)


def sigmoid(x, out):
    c_apply(Verb.sigmoid, x, out)


def tanh(x, out):
    c_apply(Verb.tanh, x, out)


def erf(x, out):
    c_apply(Verb.erf, x, out)


def erfc(x, out):
    c_apply(Verb.erfc, x, out)


def normal_cdf(x, out):
    c_apply(Verb.normal_cdf, x, out)


def normal_quantile(x, out):
    c_apply(Verb.normal_quantile, x, out)


def softmax(x, out, size_t row):
    c_softmax(x, out, row)


def log_sum_exp(x, out, size_t row):
    c_log_sum_exp(x, out, row)


def exact_sum(values):
    return c_exact_sum(values)
