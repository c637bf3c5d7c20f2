# A metric of labels at every threshold of the scores.

cdef extern from "lstmetrics/metrics/formulas/at_thresholds.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class LabelMetric(uint8_t):
        accuracy
        correct
        error_rate
        errors
        balanced_accuracy
        matthews_corrcoef
        cohen_kappa
        precision_recall_fscore
        jaccard
        likelihood_ratios
        confusion_matrix
        one_against_rest

    cdef cppclass LabelMetricOptions:
        LabelMetric metric
        PrfOptions scores
        Disagreement disagreement
        Normalize normalize
        cbool adjusted

    cdef cppclass ThresholdValues:
        size_t width
        cbool widths_differ


cdef extern from "border/at_thresholds.hpp" namespace "lstmetrics::border":
    cdef cppclass ValuesAtThresholds:
        ThresholdValues found
        size_t size()
        void write(object, object, object) except +set_python_error

    ValuesAtThresholds c_at_thresholds "lstmetrics::border::at_thresholds"(
        object, object, object, object, LabelMetricOptions) except +set_python_error


LABEL_METRICS = {
    "accuracy": <int>LabelMetric.accuracy,
    "correct": <int>LabelMetric.correct,
    "error_rate": <int>LabelMetric.error_rate,
    "errors": <int>LabelMetric.errors,
    "balanced_accuracy": <int>LabelMetric.balanced_accuracy,
    "matthews_corrcoef": <int>LabelMetric.matthews_corrcoef,
    "cohen_kappa": <int>LabelMetric.cohen_kappa,
    "precision_recall_fscore": <int>LabelMetric.precision_recall_fscore,
    "jaccard": <int>LabelMetric.jaccard,
    "likelihood_ratios": <int>LabelMetric.likelihood_ratios,
    "confusion_matrix": <int>LabelMetric.confusion_matrix,
    "one_against_rest": <int>LabelMetric.one_against_rest,
}


def at_thresholds(
    y_true, y_score, sample_weight, labels, int metric, int average, double beta,
    double zero_division, int disagreement, int normalize, bint adjusted,
):
    """(values by threshold, facts, thresholds), descending; three times nothing where a value is
    not of the same size at all thresholds
    """
    cdef LabelMetricOptions options
    options.metric = <LabelMetric>metric
    options.scores.average = <Average>average
    options.scores.beta = beta
    options.scores.zero_division = zero_division
    options.disagreement = <Disagreement>disagreement
    options.normalize = <Normalize>normalize
    options.adjusted = adjusted
    cdef ValuesAtThresholds answer = c_at_thresholds(
        y_true, y_score, sample_weight, labels, options)
    if answer.found.widths_differ:
        return None, None, None
    values = np.empty((answer.size(), answer.found.width))
    facts = np.empty(answer.size(), np.uint64)
    thresholds = np.empty(answer.size())
    answer.write(values, facts, thresholds)
    return values, facts, thresholds
