# Confidence intervals.

cdef extern from "border/intervals.hpp" namespace "lstmetrics::border":
    cdef cppclass Bounds:
        double low
        double high

    cdef cppclass PercentileBounds:
        Bounds bounds
        size_t used

    double c_critical_value "lstmetrics::border::critical_value"(
        double) except +set_python_error
    Bounds c_wilson "lstmetrics::border::wilson"(double, double, double) except +set_python_error
    Bounds c_normal_bounds "lstmetrics::border::normal_bounds"(
        double, double, double) except +set_python_error
    PercentileBounds c_percentile_bounds "lstmetrics::border::percentile_bounds"(
        object, double) except +set_python_error


def critical_value(double level):
    """The z of a level."""
    return c_critical_value(level)


def wilson(double successes, double trials, double level):
    """(low, high) of a proportion."""
    cdef Bounds bounds = c_wilson(successes, trials, level)
    return bounds.low, bounds.high


def normal_bounds(double estimate, double standard_error, double level):
    """(low, high): so many standard errors off."""
    cdef Bounds bounds = c_normal_bounds(estimate, standard_error, level)
    return bounds.low, bounds.high


def percentile_bounds(replicates, double level):
    """((low, high), replicates that are not NaN)"""
    cdef PercentileBounds found = c_percentile_bounds(replicates, level)
    return (found.bounds.low, found.bounds.high), found.used
