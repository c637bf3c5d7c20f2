# Calibration curves and errors.

cdef extern from "lstmetrics/metrics/calibration_bins.hpp" namespace "lstmetrics::metrics":
    cdef enum class Judged(uint8_t):
        greater_label
        top_label
        each_label


cdef extern from "lstmetrics/metrics/formulas/calibration.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class CalibrationNorm(uint8_t):
        l1
        l2
        max

    cdef cppclass ReliabilityPoint:
        double prob_true
        double prob_pred


cdef extern from "border/calibration.hpp" namespace "lstmetrics::border":
    cdef cppclass BinChoice:
        size_t bins
        cbool by_quantiles

    cdef cppclass CalibrationAnswer:
        double value
        cbool sums_to_one
        cbool weights_cancel

    vector[double] c_calibration_edges "lstmetrics::border::calibration_edges"(
        object, BinChoice) except +set_python_error
    vector[ReliabilityPoint] c_calibration_curve "lstmetrics::border::calibration_curve"(
        object, object, BinChoice) except +set_python_error
    CalibrationAnswer c_calibration_error "lstmetrics::border::calibration_error"(
        object, object, object, object, Judged, BinChoice, CalibrationNorm
    ) except +set_python_error


CALIBRATION_KINDS = {
    "binary": <int>Judged.greater_label,
    "top_label": <int>Judged.top_label,
    "classwise": <int>Judged.each_label,
}
CALIBRATION_NORMS = {
    "l1": <int>CalibrationNorm.l1,
    "l2": <int>CalibrationNorm.l2,
    "max": <int>CalibrationNorm.max,
}


cdef BinChoice _bin_choice(size_t n_bins, bint by_quantiles):
    cdef BinChoice choice
    choice.bins = n_bins
    choice.by_quantiles = by_quantiles
    return choice


def calibration_edges(y_prob, size_t n_bins, bint by_quantiles):
    """Edges of bins of equal width, or with as many probabilities in each."""
    return np.array(<list>c_calibration_edges(y_prob, _bin_choice(n_bins, by_quantiles)))


def calibration_curve(y_true, y_prob, size_t n_bins, bint by_quantiles):
    """(share that came true, mean probability) of each bin that is not empty, labels 0 and 1"""
    cdef vector[ReliabilityPoint] points = c_calibration_curve(
        y_true, y_prob, _bin_choice(n_bins, by_quantiles))
    columns = np.empty((2, points.size()))
    cdef double[:, ::1] out = columns
    cdef size_t i
    for i in range(points.size()):
        out[0, i] = points[i].prob_true
        out[1, i] = points[i].prob_pred
    return columns[0].copy(), columns[1].copy()


def calibration_error(
    y_true, y_prob, sample_weight, labels, int judged, size_t n_bins, bint by_quantiles, int norm,
):
    """(value, whether all rows sum to one, whether the weights are all zero)"""
    cdef CalibrationAnswer answer = c_calibration_error(
        y_true, y_prob, sample_weight, labels, <Judged>judged, _bin_choice(n_bins, by_quantiles),
        <CalibrationNorm>norm)
    return answer.value, answer.sums_to_one, answer.weights_cancel
