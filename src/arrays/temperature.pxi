# Temperature scaling.

cdef extern from "border/temperature.hpp" namespace "lstmetrics::border":
    double c_fit_temperature "lstmetrics::border::fit_temperature"(
        object, object) except +set_python_error


def fit_temperature(logits, targets):
    """The temperature that makes the log loss least."""
    return c_fit_temperature(logits, targets)
