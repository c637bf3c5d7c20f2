# Accuracy, precision, recall, F-scores, confusion matrices and reports.

cdef extern from "lstmetrics/metrics/formulas/classification.hpp" \
        namespace "lstmetrics::metrics::formulas":
    cdef enum class Average(uint8_t):
        per_label
        micro
        macro
        weighted
        samples

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
        cbool none_correct

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
        object, object, object, object, object) except +set_python_error


# What scikit-learn's words stand for.
AVERAGES = {
    None: <int>Average.per_label,
    "binary": <int>Average.per_label,
    "micro": <int>Average.micro,
    "macro": <int>Average.macro,
    "weighted": <int>Average.weighted,
    "samples": <int>Average.samples,
}
NORMALIZATIONS = {
    None: <int>Normalize.none,
    "true": <int>Normalize.by_true,
    "pred": <int>Normalize.by_predicted,
    "all": <int>Normalize.by_all,
}


cdef list _label_list(const LabelSet& labels):
    cdef vector[int64_t] integers = labels.integers()
    cdef vector[string] texts = labels.texts()
    return <list>integers or [text.decode() for text in <list>texts]


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
        # As in scikit-learn, counts are floats also when no sample is right.
        return _per_label(scores, sample_weight is None and not answer.none_correct), facts
    one = scores.entries[0] if binary else scores.average
    return (one.precision, one.recall, one.f_score, None), facts


cdef tuple _selection_facts(const SelectionFacts& facts):
    return facts.labels_seen, facts.pos_label_seen, facts.weights_cancel


cdef int _undefined(PrfResult* scores):
    """Which scores are 0/0 somewhere: bits for precision, recall, F."""
    return (
        scores.precision_undefined | scores.recall_undefined << 1 | scores.f_score_undefined << 2)


cdef tuple _per_label(PrfResult* scores, bint whole):
    """Precision, recall, F and support of each label; support in integers if it is whole."""
    cdef size_t n = scores.entries.size()
    columns = np.empty((3, n))
    support = np.empty(n)
    cdef double[:, ::1] out = columns
    cdef double[::1] amounts = support
    cdef size_t i
    for i in range(n):
        out[0, i] = scores.entries[i].precision
        out[1, i] = scores.entries[i].recall
        out[2, i] = scores.entries[i].f_score
        amounts[i] = scores.support[i]
    return (*columns, support.astype(np.int64) if whole else support)


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
    seen = _label_list(answer.labels)
    undefined = (_undefined(&report.per_label), _undefined(&report.micro),
                 _undefined(&report.macro), _undefined(&report.weighted))
    averages = (_average(report.micro), _average(report.macro), _average(report.weighted))
    facts = (report.support, report.all_labels, answer.weights_cancel)
    whole = sample_weight is None and not report.none_correct
    return _per_label(&report.per_label, whole), averages, undefined, facts, seen


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


def confusion_matrix(y_true, y_pred, sample_weight, more_weight, labels, int normalize,
                     bint as_counts):
    """(matrix, whether a selected label is ever true, whether the weights add up to zero)"""
    cdef ConfusionTable table = c_table(y_true, y_pred, sample_weight, more_weight, labels)
    matrix = np.empty((table.size(), table.size()), np.int64 if as_counts else np.float64)
    table.write(matrix, <Normalize>normalize)
    return matrix, table.any_true, table.weights_cancel
